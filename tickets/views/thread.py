"""A conversation from the first word to the last: messages, notes, events and days, ready to show."""

import html
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat, JSONArray
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import may
from accounts.models import User
from channels_app.models import ChannelKind, OutboundMessage
from helpdesk.lib import compiled
from tickets.models import Attachment, Author, Delivery, Event, Message, Ticket
from tickets.richtext import clean_reply
from tickets.threads import Why
from tickets.views.clock import Times, day, exact, moment
from tickets.views.files import SHOWN_AS_IMAGE
from tickets.views.happenings import TOLD, icon_of, sentence, worth_telling
from tickets.views.rows import Colleague

PREVIEW_BYTES = 3_000_000  # pictures beyond stay an icon
FOLDED_FROM, SHOWN_AT_END = 14, 6  # messages
EXCERPT = 140  # characters of a folded letter
LINK = re.compile(r"://|www\.|@|mailto:|\.(?:com|edu|gov|int|mil|net|org)", re.IGNORECASE)  # what urlize looks for
WORD = re.compile(r"\S+")
JOINED: dict[str, object] = {
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
    undo: bool = False  # it can still be taken back
    leaves_at: str = ""  # ISO, of what leaves within the minute: the page counts down


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of a message."""

    name: str
    url: str
    meta: str
    image: bool
    preview: str  # the address of a picture that may be shown small; "" for other files


class Shape(NamedTuple):
    """What the markup of a message depends on; the rest is filled in."""

    side: str  # "in", "out", "note"
    nested: bool  # in a conversation with a third party
    colleague: Colleague | None
    channel: str
    channel_label: str
    routed: bool
    automatic: bool
    tagged: bool  # as automatic; where its author does not say so
    rich: bool  # `text` is formatted


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: the customer's on the left, ours on the right, a note dashed."""

    kind: ClassVar[str] = "message"
    id: int
    shape: Shape
    author: str
    initials: str
    route: str
    excerpt: str  # of an automatic letter, which is folded
    unproven: bool
    text: SafeString
    quoted: str
    quoted_lines: int
    original: str
    remote_images: int
    files: tuple[Paper, ...]
    joined: str
    warnings: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the reader's last visit ended."""

    kind: ClassVar[str] = "mark"


@dataclass(frozen=True, slots=True)
class Fold:
    """Messages left out of a long conversation."""

    kind: ClassVar[str] = "fold"
    count: int


@dataclass(frozen=True, slots=True)
class Aside:
    """A conversation with a third party, folded to one line."""

    kind: ClassVar[str] = "side"
    id: int
    party: str
    subject: str
    bubbles: list[Bubble]
    answered: bool  # they wrote last
    leaving: bool  # our letter can still be taken back
    submission: UUID  # of the form that answers them
    time: str
    iso: str


Entry = Bubble | Happening | Day | Mark | Fold | Aside
Placed = tuple[datetime, int, int, Bubble | Happening | Aside]


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its files and those it calls, each by their full and their first name."""

    message: Message
    files: list[Attachment]
    called: list[list[str]]


def messages_of(ticket: Ticket) -> list[Said]:
    """All that was said, in order, merged tickets included: one query, and one for the files where there are any."""
    family = ticket.family()
    messages, files = compiled.found(_messages, "messages", *family), dict[int, list[Attachment]]()
    for file in compiled.found(_files, "files", *family) if any(one.has_files for one in messages) else []:
        files.setdefault(file.message_id, []).append(file)
    return [Said(one, files.get(one.pk, []), one.called) for one in messages]


def _messages(*tickets: int) -> QuerySet[Any, Any]:
    mentions = Message.mentions.through.objects.filter(message=OuterRef("pk"))
    name = Concat("user__first_name", Value(" "), "user__last_name")
    return (
        Message.objects.filter(ticket__in=tickets)
        .exclude(delivery=Delivery.CANCELLED)
        .select_related("user", "customer", "outbound", "side")
        .defer("outbound__text", "outbound__html", "outbound__references")
        .annotate(called=ArraySubquery(mentions.values(names=JSONArray(name, "user__first_name"))))
        .annotate(has_files=Exists(Attachment.objects.filter(message=OuterRef("pk"))))
    )


def _files(*tickets: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(message__ticket__in=tickets)


def _events(*tickets: int) -> QuerySet[Event]:
    return Event.objects.filter(ticket__in=tickets, kind__in=TOLD).select_related("user")


def thread_of(
    ticket: Ticket,
    now: datetime,
    *,
    contact: bool,
    said: list[Said] | None = None,
    reader: User | None = None,
    since: datetime | None = None,
    whole: bool = True,
) -> list[Entry]:
    """The conversation, with what was merged into it, in a fixed number of queries whatever its length.

    Without `contact` no address of the customer is shown (S55). What others than the `reader` said after `since`, their
    last visit, is marked as new. Unless `whole`, the middle of a long one is left out. `said`: its messages, if known.
    """
    said = messages_of(ticket) if said is None else said
    events = compiled.found(_events, "events", *ticket.family())
    times = Times(now)
    placed: list[Placed] = [_placed(one, times, contact) for one in said if one.message.side is None]
    placed += [(one.at, 1, one.pk, _happening(one, times)) for one in events if worth_telling(one)]
    placed = sorted([*placed, *_asides(said, times)], key=lambda entry: entry[:3])
    mine = {one.message.pk for one in said if reader and one.message.user_id == reader.pk}
    fresh = next((one for one in placed if one[1] == 0 and since and one[0] > since and one[2] not in mine), None)
    kept = placed if whole else _folded(placed, fresh)
    return list(_with_days(kept, fresh, times))


def _placed(one: Said, times: Times, contact: bool) -> Placed:
    return one.message.at, 0, one.message.pk, _bubble(one, times, contact)


def _asides(said: Iterable[Said], times: Times) -> Iterator[Placed]:
    sides: dict[int, list[Said]] = {}
    for one in said:
        if one.message.side is not None:
            sides.setdefault(one.message.side.pk, []).append(one)
    for pk, members in sides.items():
        side, last = members[0].message.side, members[-1].message
        assert side is not None
        bubbles = [_bubble(one, times, contact=True) for one in members]
        answered = last.author == Author.THIRD
        time, iso = times.moment(last.at), last.at.isoformat()
        leaving = takeable_until(last, times.now) is not None
        entry = Aside(pk, side.party, side.subject, bubbles, answered, leaving, uuid4(), time, iso)
        yield last.at, 0, last.pk, entry


def _folded(placed: list[Placed], fresh: Placed | None) -> list[Placed | Fold]:
    """The first message, then the last ones; everything that is new to the reader stays."""
    said = [place for place, one in enumerate(placed) if one[1] == 0]
    if len(said) <= FOLDED_FROM:
        return list(placed)
    first, end = said[0] + 1, said[-SHOWN_AT_END]
    if fresh is not None:
        end = min(end, placed.index(fresh))
    hidden = sum(1 for place in said if first <= place < end)
    return [*placed[:first], Fold(hidden), *placed[end:]] if hidden > 1 else list(placed)


def _with_days(placed: Iterable[Placed | Fold], fresh: Placed | None, times: Times) -> Iterator[Entry]:
    last = None
    for one in placed:
        if isinstance(one, Fold):
            yield one
            continue
        at, _kind, _pk, entry = one
        today = at.astimezone(times.zone).date()
        if today != last:
            yield Day(id=f"{at:%Y%m%d}", label=day(at))
            last = today
        if one is fresh:
            yield Mark()
        yield entry


def _bubble(said: Said, times: Times, contact: bool) -> Bubble:
    message = said.message
    ours = message.author != Author.CUSTOMER
    colleague = Colleague(message.user.full_name, message.user.initials, message.user.colour) if message.user else None
    author = _author(message, contact)
    quoted = message.quoted_text
    route = _route(message) if contact else ""
    return Bubble(
        id=message.pk,
        shape=Shape(
            side=_place(message),
            nested=message.side is not None,
            colleague=colleague,
            channel=message.channel_kind,
            channel_label=_channel(times.language, message.channel_kind),
            routed=bool(route),
            automatic=message.automatic,
            tagged=message.automatic and author != _("Automatic"),
            rich=ours and bool(message.html) and message.author == Author.AGENT,
        ),
        author=author,
        initials=initials(author),
        route=route,
        excerpt=Truncator(" ".join(message.visible_text.split())).chars(EXCERPT) if message.automatic else "",
        unproven=not ours and not message.verified and message.channel_kind == ChannelKind.EMAIL,
        text=_words(said),
        quoted=quoted,
        quoted_lines=quoted.count("\n") + 1,
        original=reverse("message-original", args=[message.ticket_id, message.pk]) if message.html else "",
        remote_images=message.html.count("data-remote-src=") if not ours or message.author == Author.THIRD else 0,
        files=tuple(_paper(message, one) for one in said.files if not _shown_inside(message, one)),
        joined=str(JOINED.get(message.joined_by, "")) if message.side is None else "",
        warnings=tuple(str(WARNINGS[code]) for code in message.warnings if code in WARNINGS),
        foot=_foot(message, times.now),
        time=times.moment(message.at),
        exact=times.exact(message.at),
        iso=message.at.isoformat(),
        version=f"{message.pk}-{message.delivery}",
    )


@cache
def _channel(_language: str | None, kind: str) -> str:
    return str(ChannelKind(kind).label)


def _place(message: Message) -> str:
    if message.side is not None:
        return "in" if message.author == Author.THIRD else "out"
    return "note" if message.is_note else "in" if message.author == Author.CUSTOMER else "out"


def _words(said: Said) -> SafeString:
    """What a message says, ready to show: our own formatted, everything else as text; who is called stands out."""
    message = said.message
    if message.html and message.author == Author.AGENT:
        pictures = {
            one.content_id: f"{reverse('attachment', args=[message.ticket_id, one.uuid])}?show"
            for one in said.files
            if one.content_id
        }
        words = clean_reply(message.html, pictures)
    else:
        words = _linked(message.visible_text)
    for names in said.called:
        called = next((one for one in map(escape, names) if f"@{one}" in words), "")
        words = words.replace(f"@{called}", f'<span class="mention">@{called}</span>') if called else words
    return mark_safe(words)  # noqa: S308  cleaned or escaped above


def _linked(text: str) -> str:
    """The text with its links to follow. To take every word apart takes longer than all else about a message."""
    return WORD.sub(_linked_word, text) if LINK.search(text) else escape(text)


def _linked_word(word: re.Match[str]) -> str:
    return urlize(word[0], autoescape=True) if LINK.search(word[0]) else html.escape(word[0])


def _shown_inside(message: Message, attachment: Attachment) -> bool:
    own = message.author == Author.AGENT and attachment.inline
    return own and bool(attachment.content_id) and f"cid:{attachment.content_id}" in message.html


def _author(message: Message, contact: bool) -> str:
    if message.user:
        return message.user.full_name
    if message.author == Author.CUSTOMER:
        named = message.from_name or (message.customer.name if message.customer else "")
        return named or (_address(message) if contact else "") or _("Unknown customer")
    if message.author == Author.THIRD:
        return message.from_name or message.from_address
    return str(Author(message.author).label)


def _address(message: Message) -> str:
    """Where it came from; a chat's visitors have no address but a number of ours."""
    return message.from_address if message.channel_kind != ChannelKind.CHAT else ""


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word."""
    words = [word for word in name.replace("@", " ").split() if word[:1].isalnum()]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"


def _route(message: Message) -> str:
    if message.is_note and message.side is None:
        return ""
    if message.author in (Author.CUSTOMER, Author.THIRD):
        return _address(message)
    to = message.recipients.get("to", []) if message.channel_kind != ChannelKind.CHAT else []
    return _("to %(address)s") % {"address": ", ".join(to[:3])} if to else ""


def _foot(message: Message, now: datetime) -> Foot | None:
    if not message.delivery:
        return None
    delivery = Delivery(message.delivery)
    if leaves_at := takeable_until(message, now):
        return _departure(message, leaves_at, now)
    tone, icon = DELIVERIES[delivery]
    words = str(delivery.label)
    words = words[:1].upper() + words[1:]
    if message.delivery_error:
        words = _("%(state)s: %(reason)s") % {"state": words, "reason": message.delivery_error}
    return Foot(tone, icon, words, may_resend=delivery in (Delivery.FAILED, Delivery.UNKNOWN))


def takeable_until(message: Message, now: datetime) -> datetime | None:
    """Until when a letter can be taken back; None when it cannot any more. Needs `outbound`."""
    row = message.outbound
    if row is None or message.delivery != Delivery.QUEUED or row.attempts:
        return None
    return row.not_before if row.state == OutboundMessage.State.QUEUED and row.not_before > now else None


@dataclass(frozen=True, slots=True)
class News:
    """What somebody else said while a reply was being written."""

    author: str
    time: str
    text: str


def overtaking(newer: Iterable[Message], reader: User) -> list[News]:
    """The messages that hold a reply back, as the composer shows them."""
    contact, now = may(reader, "customer.contact"), timezone.now()
    return [News(_author(one, contact), moment(one.at, now), one.visible_text) for one in newer]


def _departure(message: Message, leaves_at: datetime, now: datetime) -> Foot:
    seconds = math.ceil((leaves_at - now).total_seconds())
    if message.at > now or seconds > 90:
        words = _("Leaves on %(when)s") % {"when": exact(leaves_at)}
        return Foot("", "clock", words, may_resend=False, undo=True)
    words = _("Leaves in %(n)d s") % {"n": seconds}
    return Foot("", "clock", words, may_resend=False, undo=True, leaves_at=leaves_at.isoformat())


def _paper(message: Message, attachment: Attachment) -> Paper:
    kind = attachment.content_type.rpartition("/")[2].rpartition(".")[2].rpartition("-")[2].upper()[:8]
    url = reverse("attachment", args=[message.ticket_id, attachment.uuid])
    return Paper(
        name=attachment.name or _("unnamed file"),
        url=url,
        meta=f"{kind} · {size(attachment.size)}" + (f" · {attachment.note}" if attachment.note else ""),
        image=attachment.content_type.startswith("image/"),
        preview=f"{url}?show" if attachment.content_type in SHOWN_AS_IMAGE and attachment.size < PREVIEW_BYTES else "",
    )


def size(count: int) -> str:
    """A number of bytes in words."""
    if count < 1000:
        return _("%(n)d B") % {"n": count}
    if count < 1_000_000:
        return _("%(n)d KB") % {"n": round(count / 1000)}
    return _("%(n)s MB") % {"n": f"{count / 1_000_000:.1f}"}


def _happening(event: Event, times: Times) -> Happening:
    return Happening(
        id=event.pk,
        icon=icon_of(event),
        sentence=sentence(event),
        time=times.moment(event.at),
        exact=times.exact(event.at),
        iso=event.at.isoformat(),
    )
