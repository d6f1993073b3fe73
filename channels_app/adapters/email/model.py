"""What a mail says, as plain values: the parser's result, free of Django and of the `email` package."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Nature = Literal["human", "auto", "bulk", "bounce", "receipt"]
Protection = Literal["", "smime-signed", "smime-encrypted", "pgp-signed", "pgp-encrypted"]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address; `address` is "" when the header holds none that could be written to."""

    name: str
    address: str


@dataclass(slots=True)
class Attachment:
    """One file. `content_type` is judged from the bytes, `declared_type` is the sender's claim."""

    name: str
    content_type: str
    declared_type: str
    content_id: str
    inline: bool
    data: bytes = field(repr=False)
    content_location: str = ""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Invitation:
    """The first event of a calendar part; times are ISO 8601 texts as the sender wrote them."""

    method: str
    summary: str
    start: str
    end: str
    organiser: str
    location: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report. `action` is RFC 3464's word; "failed" and "delayed" are the ones that matter."""

    action: str
    status: str
    recipient: str
    diagnostic: str
    original_message_ids: list[str]

    @property
    def permanent(self) -> bool:
        """Whether the address will go on failing."""
        return self.action == "failed" and not self.status.startswith("4")


@dataclass(slots=True)
class ParsedMail:
    """A mail read as far as it can be read. Message ids stand without angle brackets.

    `visible_until` is an offset into `text` after which only quoted history follows, `html_visible` the HTML
    body without its quoted history; both are None when nothing is quoted. `html` is the sender's: never show it
    without `clean_html`. `warnings` holds short codes.
    """

    message_id: str = ""
    in_reply_to: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    sender: Mailbox = Mailbox("", "")
    reply_to: list[Mailbox] = field(default_factory=list)
    to: list[Mailbox] = field(default_factory=list)
    cc: list[Mailbox] = field(default_factory=list)
    delivered_to: list[str] = field(default_factory=list)
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    visible_until: int | None = None
    html: str = ""
    html_visible: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    invitation: Invitation | None = None
    signed: Protection = ""
    nature: Nature = "human"
    suppress_reply: bool = False
    own_instance: str = ""
    bounce: Bounce | None = None
    authentication: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def cids(self) -> dict[str, int]:
        """Content-ID (and Content-Location) of each inline part -> its index in `attachments`."""
        known = {a.content_location: i for i, a in enumerate(self.attachments) if a.content_location}
        return known | {a.content_id: i for i, a in enumerate(self.attachments) if a.content_id}
