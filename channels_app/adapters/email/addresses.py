"""Addresses and ids that only we can make: each carries a MAC, so that a reply to it finds its thread and no one
can make one up (V2, V3). Lower-case base32 survives systems that fold the case of an address.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from channels_app.models import Channel, ChannelKind, OutboundMessage
from helpdesk.lib import compiled
from helpdesk.lib.addresses import normalise_email

ADDRESS_MAC_BYTES = 16
ID_MAC_BYTES = 10  # with the ids this fits into a header line of 78 characters: longer ones get folded and encoded
MAX_LOCAL_PART = 64
INSTANCE_HEADER = "X-Comptoir-Instance"

_MAC = r"([a-z2-7]{26})"
_TAG = re.compile(rf"(t(\d{{1,18}})(?:m(\d{{1,18}}))?)\.{_MAC}")
_MESSAGE_ID = re.compile(r"<?(t(\d{1,18})\.o[a-z2-7]{13})\.([a-z2-7]{16})@[^\s<>@]{1,255}>?", re.I)
_MARK = re.compile(rf"(t\d{{1,18}})\.{_MAC}")


@dataclass(frozen=True, slots=True)
class Tag:
    """What one of our plus-addresses names: a thread, and for return paths the outbox row as well."""

    thread: str
    outbound: int | None


def reply_address(channel: Channel, thread: str) -> str:
    """The address that leads back into this thread, support+t1042.<mac>@domain; the plain one if that is too long."""
    return _plus(channel, f"t{thread}")


def return_path(message: OutboundMessage) -> str:
    """The envelope sender: a bounce that quotes nothing of the message still names it."""
    return _plus(message.channel, f"t{message.thread}m{message.pk}")


def read_tag(address: str) -> Tag | None:
    """What a plus-address of ours names; None unless its MAC is right."""
    local = normalise_email(address).rpartition("@")[0]
    match = _TAG.fullmatch(local.rpartition("+")[2]) if "+" in local else None
    if match is None or not _verified("address", match[1], match[4]):
        return None
    return Tag(match[2], int(match[3]) if match[3] else None)


def message_id(message: OutboundMessage) -> str:
    """The Message-ID, without brackets, under which every attempt leaves: t1042.o<random>.<mac>@domain."""
    payload = f"t{message.thread}.o{_base32(message.uuid.bytes[:8])}"
    return f"{payload}.{_mac('message-id', payload)}@{_domain(message.channel) or 'localhost'}"


def read_message_id(value: str) -> str | None:
    """The thread that one of our own Message-IDs names; None unless its MAC is right."""
    match = _MESSAGE_ID.fullmatch(value.strip())
    return match[2] if match and _verified("message-id", match[1].lower(), match[3].lower()) else None


def instance_mark(thread: str) -> str:
    """The value by which we know an automatic mail of ours when it comes back."""
    return f"t{thread}.{_mac('instance', f't{thread}')}"


def is_our_mark(value: str) -> bool:
    match = _MARK.fullmatch(value.strip().lower())
    return match is not None and _verified("instance", match[1], match[2])


def own_addresses() -> dict[str, int]:
    """Normalised address -> channel id, of every e-mail channel; a switched-off one still takes mail in (S57)."""
    return {normalise_email(address): pk for address, pk in compiled.rows(_addressed, "own addresses")}


def _addressed() -> QuerySet[Channel, Any]:
    return Channel.objects.filter(kind=ChannelKind.EMAIL).exclude(address="").values_list("address", "pk")


def base_of(address: str, own: Iterable[str]) -> str | None:
    """The own address that this one is, or is a plus-form of; None when it is not ours."""
    address = normalise_email(address)
    if address in own:
        return address
    local, _at, domain = address.rpartition("@")
    base = f"{local.partition('+')[0]}@{domain}"
    return base if base in own else None


def _plus(channel: Channel, payload: str) -> str:
    local, _at, domain = channel.address.rpartition("@")
    tagged = f"{local}+{payload}.{_mac('address', payload)}"
    return f"{tagged}@{domain}" if len(tagged) <= MAX_LOCAL_PART else channel.address


def _domain(channel: Channel) -> str:
    return normalise_email(channel.address).rpartition("@")[2]


def _mac(purpose: str, payload: str, secret: str | bytes | None = None) -> str:
    digest = salted_hmac(f"comptoir.email.{purpose}", payload, secret=secret, algorithm="sha256").digest()
    return _base32(digest[: ID_MAC_BYTES if purpose == "message-id" else ADDRESS_MAC_BYTES])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def _verified(purpose: str, payload: str, mac: str) -> bool:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_mac(purpose, payload, secret), mac) for secret in secrets)
