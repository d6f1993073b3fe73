"""The whole interface between Comptoir and one kind of channel."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from channels_app.foreign.html import clean_html

if TYPE_CHECKING:
    from channels_app.models import Channel, InboundMessage, OutboundMessage


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a channel: an opaque `value` (an e-mail address, a phone number, a vendor's id) and a shown name."""

    value: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False
    note: str = ""


class Nature(StrEnum):
    """What wrote a message: decides whether it may reopen a ticket and whether it may be answered automatically."""

    HUMAN = "human"
    BULK = "bulk"  # a list or campaign: no automatic answer
    AUTO = "auto"  # vacation notes and other robots: no automatic answer, reopens nothing
    BOUNCE = "bounce"  # news about a message of ours
    RECEIPT = "receipt"  # "your mail was read"
    OWN = "own"  # came from ourselves


class HintKind(StrEnum):
    TOKEN = "token"  # our own unforgeable reference: the thread it names is certain
    OWN_ID = "own_id"  # an id that only we can make names the thread; people forward it, so it proves no sender
    ID = "id"  # the id of a message seen before
    TAG = "tag"  # a visible "[#1042]": a claim


@dataclass(frozen=True, slots=True)
class ThreadHint:
    """Why a message may belong to an earlier conversation. Listed strongest first."""

    kind: HintKind
    value: str


@dataclass(frozen=True, slots=True)
class DeliveryNews:
    """What became of a message that we sent: from a bounce or a vendor's status call."""

    external_ids: tuple[str, ...]
    state: str  # "failed", "delayed" or "delivered"
    reason: str = ""
    recipient: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The reply time that our page showed to whoever wrote: until when, and in which words."""

    shown_at: datetime
    due_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """What the sender says a message is about, besides its words: claims, to be checked by whoever uses them."""

    reason: str = ""  # the key of why they write
    order: str = ""  # an order's number
    article: int = 0  # the help article that they read before


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside, in the same shape whatever the channel."""

    sender: Address
    text: str
    subject: str = ""
    html: str = ""  # raw: cleaned before it is stored
    visible_until: int | None = None  # offset in `text` after which only quoted history follows
    files: tuple[File, ...] = ()
    sent_at: datetime | None = None
    external_id: str = ""
    seen_ids: tuple[str, ...] = ()  # every id this message names, its own first
    hints: tuple[ThreadHint, ...] = ()
    nature: Nature = Nature.HUMAN
    answerable: bool = True  # False when the sender asks not to be answered by robots
    news: DeliveryNews | None = None
    reply_to: Address | None = None  # where the sender wants answers, when elsewhere
    participants: tuple[Address, ...] = ()  # the other people it was addressed to
    sender_verified: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    language: str = ""
    told: Told | None = None
    about: About = About()
    suspect: bool = False  # looks like spam: kept, and shown to whoever looks there
    looped: bool = False  # carries our own mark: an automatic mail of ours that came back


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left. `external_id` is the provider's id, where it gives one.

    `kept` means that there is no way out set up: it stays here. `refused` names recipients who did not get it.
    """

    external_id: str = ""
    kept: bool = False
    refused: str = ""


class Trouble(StrEnum):
    """Why a message did not leave; decides between trying again, giving up and telling an admin."""

    TRANSIENT = "transient"
    MESSAGE = "permanent_message"
    RECIPIENT = "permanent_recipient"
    WINDOW = "window_closed"
    RATE = "rate_limited"
    AUTH = "channel_auth_broken"
    UNKNOWN = "unknown"  # it may have left: never resent at once


class SendError(Exception):
    """Raised by Adapter.send. `message` is shown to the agent on the ticket."""

    def __init__(self, message: str, trouble: Trouble = Trouble.TRANSIENT, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.retry_after = retry_after

    @property
    def permanent(self) -> bool:
        return self.trouble in (Trouble.MESSAGE, Trouble.RECIPIENT, Trouble.WINDOW)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test of a channel's settings found, for an admin. works: None when there is nothing to try."""

    words: str
    works: bool | None


class ParseError(Exception):
    """Raised by Adapter.parse. The message stays visible with its raw form and this reason."""


class Adapter(ABC):
    """One kind of channel. A folder in adapters/ and a line in registry.py add one."""

    kind: ClassVar[str]
    label: ClassVar[str]
    identity_kind: ClassVar[str]

    @abstractmethod
    def parse(self, message: "InboundMessage") -> Inbound:
        """The message in channel-neutral shape. Pure: no writes. Raises ParseError."""

    @abstractmethod
    def send(self, message: "OutboundMessage") -> Sent:
        """Hand one message to the outside, outside any transaction. Raises SendError."""

    def external_id(self, message: "OutboundMessage") -> str | None:
        """The id under which a message will leave, the same for every attempt; None when the vendor makes it."""
        return None

    def poll(self, channel: "Channel") -> Iterable[int]:
        """Fetch what waits at the vendor and store it; the ids of the rows stored. Most channels are called instead."""
        return ()

    def clean_html(self, html: str, inline: Mapping[str, str]) -> str:
        """Foreign HTML made safe to store and show; `inline` maps content ids to the addresses of our copies."""
        return clean_html(html, inline)

    def check_config(self, config: dict[str, object]) -> dict[str, str]:
        """Errors of a channel's settings by field path ("imap.port"); empty when all is well."""
        return {}

    def probe(self, channel: "Channel") -> list[Finding]:
        """Try these settings, saved or not, without storing or sending anything; empty when there is nothing to try."""
        return []
