"""A conversation from the first word to the last: messages, notes, events and days, ready to show."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import ChannelKind
from tickets.models import Attachment, Author, Delivery, Event, Message, Ticket
from tickets.threads import Why
from tickets.views.clock import day, exact, moment
from tickets.views.happenings import TOLD, icon_of, sentence, worth_telling
from tickets.views.rows import Colleague

JOINED = {
    Why.OPENED: gettext_lazy("Began this ticket"),
    Why.TOKEN: gettext_lazy("Joined: it was sent to this ticket’s own reply address"),
    Why.REFERENCE: gettext_lazy("Joined: it answers a message of this ticket"),
    Why.TAG: gettext_lazy("Joined: its subject names this ticket, and its sender takes part"),
}
WARNINGS = {
    "charset-guessed": gettext_lazy("the character set was guessed"),
    "too-complex": gettext_lazy("only part of it could be read"),
    "no-sender": gettext_lazy("it names no sender"),
    "date-odd": gettext_lazy("its date is impossible"),
}
DELIVERIES = {  # tone, icon
    Delivery.QUEUED: ("", "clock"),
    Delivery.SENDING: ("", "send"),
    Delivery.SENT: ("", "check"),
    Delivery.DELIVERED: ("good", "checks"),
    Delivery.FAILED: ("bad", "warn"),
    Delivery.UNKNOWN: ("", "help"),
    Delivery.KEPT: ("", "outbox"),
    Delivery.CANCELLED: ("", "x"),
}


@dataclass(frozen=True, slots=True)
class Foot:
    """What became of a message of ours."""

    tone: str
    icon: str
    words: str
    may_resend: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a message."""

    name: str
    url: str
    meta: str
    image: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: the customer's on the left, ours on the right, a note dashed."""

    kind: ClassVar[str] = "message"
    id: int
    side: str  # "in", "out", "note"
    author: str
    initials: str
    colleague: Colleague | None
    channel: str
    channel_label: str
    route: str
    automatic: bool
    unproven: bool
    text: str
    quoted: str
    quoted_lines: int
    original: str
    files: list[Paper]
    joined: str
    warnings: list[str]
    foot: Foot | None
    time: str
    exact: str
    iso: str
    version: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline."""

    kind: ClassVar[str] = "event"
    id: int
    icon: str
    sentence: SafeString
    time: str
    exact: str
    iso: str


@dataclass(frozen=True, slots=True)
class Day:
    kind: ClassVar[str] = "day"
    id: str
    label: str


Entry = Bubble | Happening | Day


def thread_of(ticket: Ticket, now: datetime, *, contact: bool) -> list[Entry]:
    """The whole conversation, with what was merged into it, in three queries whatever its length.

    Without `contact` no address of the customer is shown (S55).
    """
    here = Q(ticket=ticket) | Q(ticket__merged_into=ticket)
    messages = Message.objects.filter(here).select_related("user", "customer").prefetch_related("attachments")
    events = Event.objects.filter(here, kind__in=TOLD).select_related("user")
    said = [(message.at, 0, message.pk, _bubble(message, now, contact)) for message in messages]
    done = [(event.at, 1, event.pk, _happening(event, now)) for event in events if worth_telling(event)]
    return list(_with_days(sorted([*said, *done], key=lambda entry: entry[:3])))


def _with_days(entries: Iterable[tuple[datetime, int, int, Bubble | Happening]]) -> Iterator[Entry]:
    last = ""
    for at, _kind, _pk, entry in entries:
        label = day(at)
        if label != last:
            yield Day(id=f"{at:%Y%m%d}", label=label)
            last = label
        yield entry


def _bubble(message: Message, now: datetime, contact: bool) -> Bubble:
    ours = message.author != Author.CUSTOMER
    colleague = Colleague(message.user.full_name, message.user.initials, message.user.colour) if message.user else None
    author = _author(message, contact)
    quoted = message.quoted_text
    return Bubble(
        id=message.pk,
        side="note" if message.is_note else "out" if ours else "in",
        author=author,
        initials=initials(author),
        colleague=colleague,
        channel=message.channel_kind,
        channel_label=str(ChannelKind(message.channel_kind).label),
        route=_route(message) if contact else "",
        automatic=message.automatic,
        unproven=not ours and not message.verified and message.channel_kind == ChannelKind.EMAIL,
        text=message.visible_text,
        quoted=quoted,
        quoted_lines=quoted.count("\n") + 1,
        original=reverse("message-original", args=[message.ticket_id, message.pk]) if message.html else "",
        files=[_paper(message, attachment) for attachment in message.attachments.all()],
        joined=str(JOINED.get(Why(message.joined_by), "")) if message.joined_by in list(Why) else "",
        warnings=[str(WARNINGS[code]) for code in message.warnings if code in WARNINGS],
        foot=_foot(message, now),
        time=moment(message.at, now),
        exact=exact(message.at),
        iso=message.at.isoformat(),
        version=f"{message.pk}-{message.delivery}",
    )


def _author(message: Message, contact: bool) -> str:
    if message.user:
        return message.user.full_name
    if message.author == Author.CUSTOMER:
        named = message.from_name or (message.customer.name if message.customer else "")
        return named or (message.from_address if contact else "") or _("Unknown customer")
    return str(Author(message.author).label)


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word."""
    words = [word for word in name.replace("@", " ").split() if word[:1].isalnum()]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


def _route(message: Message) -> str:
    if message.is_note:
        return ""
    if message.author == Author.CUSTOMER:
        return message.from_address
    to = message.recipients.get("to", [])
    return _("to %(address)s") % {"address": ", ".join(to[:3])} if to else ""


def _foot(message: Message, now: datetime) -> Foot | None:
    if not message.delivery:
        return None
    delivery = Delivery(message.delivery)
    tone, icon = DELIVERIES[delivery]
    words = str(delivery.label)
    words = words[:1].upper() + words[1:]
    if message.delivery_error:
        words = _("%(state)s: %(reason)s") % {"state": words, "reason": message.delivery_error}
    return Foot(tone, icon, words, may_resend=delivery in (Delivery.FAILED, Delivery.UNKNOWN))


def _paper(message: Message, attachment: Attachment) -> Paper:
    kind = attachment.content_type.rpartition("/")[2].rpartition(".")[2].rpartition("-")[2].upper()[:8]
    return Paper(
        name=attachment.name or _("unnamed file"),
        url=reverse("attachment", args=[message.ticket_id, attachment.uuid]),
        meta=f"{kind} · {size(attachment.size)}" + (f" · {attachment.note}" if attachment.note else ""),
        image=attachment.content_type.startswith("image/"),
    )


def size(count: int) -> str:
    """A number of bytes in words."""
    if count < 1000:
        return _("%(n)d B") % {"n": count}
    if count < 1_000_000:
        return _("%(n)d KB") % {"n": round(count / 1000)}
    return _("%(n)s MB") % {"n": f"{count / 1_000_000:.1f}"}


def _happening(event: Event, now: datetime) -> Happening:
    return Happening(
        id=event.pk,
        icon=icon_of(event),
        sentence=sentence(event),
        time=moment(event.at, now),
        exact=exact(event.at),
        iso=event.at.isoformat(),
    )
