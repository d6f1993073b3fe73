"""Mail that a provider posts to us. django-anymail proves and reads each provider's format; we store the raw mail.

A provider that signs its calls is checked by its signature; any other must know a user and password ("user:password" as
the channel's secret): without a secret nothing is taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel, InboundMessage

_UNREADABLE = (AnymailError, AnymailConfigurationError, ValueError, LookupError, TypeError, AttributeError)


class Unproven(Exception):
    """The call does not prove that it comes from the provider."""


class Unreadable(Exception):
    """The call is proven, but it is no mail in the provider's format."""


@dataclass(frozen=True, slots=True)
class Provider:
    view: str  # anymail's class
    secret: Callable[[str, str], dict[str, Any]]  # (secret, our address) -> the view's arguments


def _basic(secret: str, _url: str) -> dict[str, Any]:
    return {"webhook_secret": [secret]}


PROVIDERS: dict[str, Provider] = {
    "mailersend": Provider("mailersend.MailerSendInboundWebhookView", lambda secret, _url: {"inbound_secret": secret}),
    "mailgun": Provider("mailgun.MailgunInboundWebhookView", lambda secret, _url: {"webhook_signing_key": secret}),
    "mailjet": Provider("mailjet.MailjetInboundWebhookView", _basic),
    "mandrill": Provider(
        "mandrill.MandrillCombinedWebhookView", lambda secret, url: {"webhook_key": secret, "webhook_url": url}
    ),
    "postal": Provider("postal.PostalInboundWebhookView", lambda secret, _url: {"webhook_key": secret}),
    "postmark": Provider("postmark.PostmarkInboundWebhookView", _basic),
    "sparkpost": Provider("sparkpost.SparkPostInboundWebhookView", _basic),
}


def receive(channel: Channel, request: HttpRequest, url: str) -> list[InboundMessage]:
    """Store the mails of one call to `url`. Raises Unproven, Unreadable, or ValueError when a mail is too large."""
    view = _view(channel, url)
    try:
        view.run_validators(request)
    except (AnymailWebhookValidationFailure, ValueError, KeyError, TypeError) as error:
        raise Unproven(str(error)) from error
    try:
        mails = [_raw(event) for event in view.parse_events(request) if getattr(event, "message", None) is not None]
    except _UNREADABLE as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    return [store_mail(channel, raw, source="webhook", envelope=envelope)[0] for raw, envelope in mails]


def _view(channel: Channel, url: str) -> Any:
    config = channel.settings()
    provider, secret = PROVIDERS[str(config["esp"])], str(config.get("secret") or "")
    if not secret:
        raise Unproven("this channel has no secret")
    return import_string(f"anymail.webhooks.{provider.view}")(**provider.secret(secret, url))


def _raw(event: Any) -> tuple[bytes, dict[str, Any]]:
    message = event.message
    envelope: dict[str, Any] = {"rcpt_to": [message.envelope_recipient] if message.envelope_recipient else []}
    if message.envelope_sender is not None:
        envelope["mail_from"] = str(message.envelope_sender)
    return message.as_bytes(), envelope


def size_limit() -> int:
    """Bytes of a call: a mail grows by base64 and JSON on its way."""
    return int(settings.MAIL_MAX_BYTES * 1.5) + 1_000_000
