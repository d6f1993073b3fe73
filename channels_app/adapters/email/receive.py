"""Where every way in ends: one raw mail becomes one stored row of its channel."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from channels_app import inbox
from channels_app.adapters.email.addresses import base_of
from channels_app.adapters.email.dedupe import dedupe_key
from channels_app.models import Channel, ChannelKind, InboundMessage
from helpdesk.lib import compiled
from helpdesk.lib.addresses import normalise_email


class TooLarge(ValueError):
    """The mail is larger than MAIL_MAX_BYTES."""


def store_mail(
    channel: Channel, raw: bytes, *, source: str, envelope: Mapping[str, Any] | None = None
) -> tuple[InboundMessage, bool]:
    """Keep one raw mail. Returns (row, is_new): the same mail again on the same channel is the same row.

    `source` is smtp, lmtp, imap, pipe, api or webhook; `envelope` {"mail_from": str, "rcpt_to": [str]} as far as known.
    Raises TooLarge (a ValueError).
    """
    if len(raw) > settings.MAIL_MAX_BYTES:
        raise TooLarge(f"too large: {len(raw)} bytes, at most {settings.MAIL_MAX_BYTES}")
    return inbox.store(
        channel,
        raw,
        dedupe_key=dedupe_key(raw),
        source=source,
        envelope={k: _clean(v) for k, v in (envelope or {}).items()},
    )


def channel_for(addresses: Iterable[str]) -> Channel | None:
    """The channel of the first of these addresses that is ours, in its plain or a plus form."""
    return next(iter(channels_for(addresses)), None)


def channels_for(addresses: Iterable[str]) -> dict[Channel, list[str]]:
    """Each channel that these addresses lead to, with those of them that do."""
    own = {normalise_email(channel.address): channel for channel in compiled.found(_own, "channels of mail")}
    reached: dict[Channel, list[str]] = {}
    for address in addresses:
        if base := base_of(address, own):
            reached.setdefault(own[base], []).append(address)
    return reached


def _own() -> QuerySet[Channel]:
    return Channel.objects.filter(kind=ChannelKind.EMAIL).exclude(address="")


def _clean(value: Any) -> Any:
    """Without what PostgreSQL's JSON refuses: NUL and lone surrogates."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:1000]
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value[:500]]
    return value
