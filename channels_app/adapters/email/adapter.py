"""E-mail as a channel: from a parsed mail to the channel-neutral shape, and the way out."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist

from channels_app.adapters.email import addresses, checks, imap, language, probing, sending
from channels_app.adapters.email.model import Mailbox, ParsedMail
from channels_app.adapters.email.sandbox import ParseFailed, Sandbox
from channels_app.base import (
    Adapter,
    Address,
    DeliveryNews,
    File,
    Finding,
    HintKind,
    Inbound,
    Nature,
    ParseError,
    Sent,
    ThreadHint,
)
from channels_app.models import Channel, InboundMessage, OutboundMessage
from helpdesk.lib.addresses import normalise_email

MAX_PARTICIPANTS = 50
BELIEVED_AGE = timedelta(days=8)  # a mail may wait in a mailbox that we read late
NOWHERE = "no-address.invalid"  # the domain of senders who gave none: nothing can be sent there (RFC 2606)

_SUBJECT_TAG = re.compile(r"\[#(\d{1,18})\]")
_FORM_ROBOT = re.compile(
    r"(?:no|do[-_.]?not|ne[-_.]?pas)[-_.]?(?:reply|repondre)|wordpress|formulaire|contact-?form|mailer", re.I
)
_SEALS = ("application/pkcs7", "application/x-pkcs7", "application/pgp")
_PROTECTION = {
    "smime-encrypted": "encrypted",
    "pgp-encrypted": "encrypted",
    "smime-signed": "signed, not verified",
    "pgp-signed": "signed, not verified",
}
T = TypeVar("T")


@cache
def _sandbox() -> Sandbox:
    return Sandbox()


class EmailAdapter(Adapter):
    kind = "email"
    label = "E-mail"
    identity_kind = "email"

    def parse(self, message: InboundMessage) -> Inbound:
        channel = message.channel
        try:
            mail = _sandbox().parse(_as_delivered(message), authserv_id=str(channel.config.get("authserv_id", "")))
        except ParseFailed as error:
            raise ParseError(f"The mail could not be read within the limits ({error.reason}).") from error
        own = addresses.own_addresses()
        sender, reply_to = _correspondent(mail, own, message.dedupe_key)
        reached = _recipients(mail, message)
        return Inbound(
            sender=sender,
            text=mail.text,
            subject=mail.subject,
            html=mail.html,
            visible_until=mail.visible_until,
            files=tuple(_files(mail)),
            sent_at=_sent_at(mail, message),
            external_id=mail.message_id,
            seen_ids=_unique([mail.message_id, *mail.in_reply_to, *reversed(mail.references)]),
            hints=tuple(_hints(mail, reached)),
            nature=_nature(mail, own),
            answerable=not mail.suppress_reply and not _is_nowhere(sender),
            news=_news(mail, reached),
            reply_to=reply_to,
            participants=_participants(mail, own, sender),
            sender_verified=mail.authentication.get("dmarc") == "pass" and _same(sender, mail.sender),
            headers=mail.headers,
            warnings=tuple(mail.warnings),
            language=language.guess(mail.text[: mail.visible_until]),
            looped=_is_ours(mail, channel),
        )

    def send(self, message: OutboundMessage) -> Sent:
        return sending.send(message)

    def clean_html(self, html: str, inline: Mapping[str, str]) -> str:
        try:
            return _sandbox().clean_html(html, inline)
        except ParseFailed as error:
            raise ParseError(f"The formatted text could not be cleaned within the limits ({error.reason}).") from error

    def external_id(self, message: OutboundMessage) -> str:
        return addresses.message_id(message)

    def poll(self, channel: Channel) -> Iterable[int]:
        return imap.poll(channel)

    def check_config(self, config: dict[str, object]) -> dict[str, str]:
        return checks.check_config(config)

    def probe(self, channel: Channel) -> list[Finding]:
        return probing.probe(channel)


def _sent_at(mail: ParsedMail, message: InboundMessage) -> datetime | None:
    """The sender's own date where it can be true: clocks are wrong, old mails get forwarded, and anyone may lie."""
    if mail.date is None or not timedelta(0) <= message.received_at - mail.date <= BELIEVED_AGE:
        return None
    return mail.date


def _as_delivered(message: InboundMessage) -> bytes:
    """The raw mail with the null return path that our own listener saw: the sign of mail from mail systems."""
    raw = bytes(message.raw)
    return b"Return-Path: <>\r\n" + raw if message.envelope.get("mail_from") == "" else raw


def _correspondent(mail: ParsedMail, own: dict[str, int], key: str) -> tuple[Address, Address | None]:
    """Who wrote, and where they want the answer when elsewhere.

    A contact form mails in its own or a robot's name and puts the customer into Reply-To: then that is who wrote.
    """
    wanted = [box for box in mail.reply_to if box.address and not addresses.base_of(box.address, own)]
    claimed = mail.sender
    if not claimed.address:
        return Address(f"unknown-{key.removeprefix('sha256:')[:20]}@{NOWHERE}", claimed.name), None
    by_form = addresses.base_of(claimed.address, own) or _FORM_ROBOT.search(claimed.address.partition("@")[0])
    if by_form and wanted:
        claimed = wanted[0]
    sender = _address(claimed)
    reply_to = _address(wanted[0]) if wanted else None
    return sender, reply_to if reply_to and reply_to.value != sender.value else None


def _recipients(mail: ParsedMail, message: InboundMessage) -> list[str]:
    """Every address that this mail was sent to, the envelope's first."""
    envelope = message.envelope.get("rcpt_to") or []
    return [*envelope, *mail.delivered_to, *(box.address for box in [*mail.to, *mail.cc])]


def _hints(mail: ParsedMail, reached: list[str]) -> Iterable[ThreadHint]:
    ids = _unique([*mail.in_reply_to, *reversed(mail.references)])
    tags = [tag.thread for address in reached if (tag := addresses.read_tag(address))]
    yield from (ThreadHint(HintKind.TOKEN, thread) for thread in _unique(tags))
    own = [thread for value in ids if (thread := addresses.read_message_id(value))]
    yield from (ThreadHint(HintKind.OWN_ID, thread) for thread in _unique(own))
    yield from (ThreadHint(HintKind.ID, value) for value in ids)
    yield from (ThreadHint(HintKind.TAG, number) for number in _unique(_SUBJECT_TAG.findall(mail.subject)))


def _nature(mail: ParsedMail, own: dict[str, int]) -> Nature:
    if (
        mail.nature == "human"
        and mail.sender.address
        and not mail.reply_to
        and addresses.base_of(mail.sender.address, own)
    ):
        return Nature.OWN
    return Nature(mail.nature)


def _news(mail: ParsedMail, reached: list[str]) -> DeliveryNews | None:
    """What a bounce tells about a message of ours, named by the ids it quotes or by the return path it came to."""
    bounce = mail.bounce
    if bounce is None:
        return None
    tags = [tag for address in reached if (tag := addresses.read_tag(address))]
    pks = [tag.outbound for tag in tags if tag.outbound is not None]
    by_path = OutboundMessage.objects.filter(pk__in=pks).values_list("external_id", flat=True)
    ids = _unique([*bounce.original_message_ids, *(value for value in by_path if value)])
    reason = " ".join(part for part in (bounce.status, bounce.diagnostic) if part)
    state = "failed" if bounce.permanent or bounce.action == "failed" else bounce.action
    return DeliveryNews(ids, state, reason=reason, recipient=bounce.recipient, token=tags[0].thread if tags else "")


def _is_ours(mail: ParsedMail, channel: Channel) -> bool:
    """Whether this is a mail of ours: an automatic one anywhere, any other back in the mailbox that it left from."""
    if addresses.is_our_mark(mail.own_instance):
        return True
    if addresses.read_message_id(mail.message_id) is None:
        return False
    try:
        return OutboundMessage.objects.get(external_id=mail.message_id).channel_id == channel.pk
    except ObjectDoesNotExist:
        return False


def _participants(mail: ParsedMail, own: dict[str, int], sender: Address) -> tuple[Address, ...]:
    boxes = [box for box in [*mail.to, *mail.cc] if box.address and not addresses.base_of(box.address, own)]
    others = {address.value: address for box in boxes if (address := _address(box)).value != sender.value}
    return tuple(others.values())[:MAX_PARTICIPANTS]


def _files(mail: ParsedMail) -> Iterable[File]:
    for file in mail.attachments:
        is_seal = file.content_type.startswith(_SEALS) or file.name.endswith((".p7m", ".p7s"))
        yield File(
            name=file.name,
            content_type=file.content_type,
            data=file.data,
            content_id=file.content_id or file.content_location,
            inline=file.inline,
            note=_PROTECTION.get(mail.signed, "") if is_seal else _invitation(mail, file.content_type),
        )


def _invitation(mail: ParsedMail, content_type: str) -> str:
    event = mail.invitation
    if event is None or content_type != "text/calendar":
        return ""
    return " · ".join(part for part in (event.method, event.summary, event.start, event.organiser) if part)


def _address(box: Mailbox) -> Address:
    return Address(normalise_email(box.address), box.name)


def _same(sender: Address, box: Mailbox) -> bool:
    return sender.value == normalise_email(box.address)


def _is_nowhere(sender: Address) -> bool:
    return sender.value.endswith(f"@{NOWHERE}")


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
