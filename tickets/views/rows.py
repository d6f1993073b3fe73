"""The rows of a ticket list: values and ready HTML, no model instances."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from html import escape
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from channels_app.models import ChannelKind
from customers.models import Identity
from helpdesk.lib import compiled
from helpdesk.templatetags import ui
from tickets.models import Draft, Seen, Ticket
from tickets.querysets import TicketQuerySet
from tickets.search.highlight import Excerpt
from tickets.views import markup
from tickets.views.clock import Due, Times
from tickets.views.ordering import Ordering
from tickets.views.queues import group_of

GROUP_LABELS = {
    "late": gettext_lazy("Late"),
    "soon": gettext_lazy("Within the hour"),
    "today": gettext_lazy("Today"),
    "later": gettext_lazy("Later"),
    "rest": gettext_lazy("Answered"),
}
SNIPPET = 140  # characters: what a wide screen shows
FIELDS = (
    "pk",
    "subject",
    "state",
    "channel_kind",
    "due_at",
    "waiting_since",
    "customer__vip",
    "complaint__outcome",
    "assignee_id",
    "assignee__first_name",
    "assignee__last_name",
    "reason__what",
    "reason__why",
)
NOTHING = SafeString("")


class Colleague(NamedTuple):
    """Someone of ours, as the avatar component wants them."""

    name: str
    initials: str
    colour: int

    @classmethod
    def of(cls, pk: int, first: str, last: str) -> "Colleague":
        return cls(f"{first} {last}", (first[:1] + last[:1]).upper(), pk % 6 + 1)  # as User.colour


class Found(NamedTuple):
    """A ticket as the query tells of it: FIELDS and what is worked out."""

    pk: int
    subject: str
    state: str
    channel_kind: str
    due_at: datetime | None
    waiting_since: datetime | None
    vip: bool | None
    complaint: str | None  # what became of it: "" while it is open
    assignee: int | None
    first_name: str
    last_name: str
    what: str
    why: str
    snippet: str
    who: str
    unread: bool
    draft: bool
    at: datetime | None  # what the list is ordered by


class Look(NamedTuple):
    """What else the HTML of a row depends on."""

    language: str | None
    back: str
    current: bool
    excerpt: SafeString | None


class Row(NamedTuple):
    number: int
    url: str
    due: Due
    unread: bool
    group: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading. `label` is empty where the page before has already shown it."""

    key: str
    label: str
    count: int | None
    rows: list[Row]

    @property
    def html(self) -> SafeString:
        return SafeString("".join([row.html for row in self.rows]))


@dataclass(frozen=True)
class Sight:
    """What the rows of one page have in common."""

    user: User
    now: datetime
    midnight: datetime  # the next
    query: str
    contact: bool  # may see addresses
    current: int | None
    excerpts: dict[int, Excerpt]

    @cached_property
    def times(self) -> Times:
        return Times(self.now)

    @cached_property
    def back(self) -> str:
        """`query` as an attribute of the markup says it."""
        return escape(self.query)


def page_of(
    wanted: Callable[[], TicketQuerySet], key: Hashable, *, size: int, ordering: Ordering, sight: Sight
) -> tuple[list[Row], str]:
    """The first `size` rows of the wanted tickets in one query, and the cursor of the page behind them ("" when there
    is none). `key`: all that `wanted` looks at."""
    own = ("rows", key, size, sight.user.pk, sight.contact)

    def asked() -> QuerySet[Ticket, Any]:
        # First which ones, then all about them: the planner joins before it cuts off.
        these = Ticket.objects.filter(pk__in=wanted().values("pk")[: size + 1])
        return _told(ordering.sort(these), sight, at=ordering.field)

    found = [Found(*row) for row in compiled.rows(asked, own)]
    more = ordering.cursor(found[size - 1].at, found[size - 1].pk) if len(found) > size else ""
    return [_row(one, sight) for one in found[:size]], more


def rows_of(tickets: TicketQuerySet, numbers: Sequence[int], sight: Sight) -> list[Row]:
    """The rows of these tickets in this order."""
    found = {row[0]: Found(*row) for row in _told(tickets.filter(pk__in=numbers), sight)}
    return [_row(found[number], sight) for number in numbers if number in found]


def grouped(rows: Sequence[Row], counts: dict[str, int] | None, continues: str = "") -> list[Group]:
    """The rows under their headings; without counts (search, solved) there is one group without a heading."""
    if counts is None:
        return [Group("", "", None, list(rows))] if rows else []
    return [
        Group(key, "" if key == continues else str(GROUP_LABELS[key]), counts.get(key), list(members))
        for key, members in groupby(rows, key=lambda row: row.group)
    ]


def _told(tickets: TicketQuerySet, sight: Sight, at: str = "due_at") -> QuerySet[Ticket, Any]:
    """The tickets as `Found` wants them."""
    worked_out = {
        "told": Left("snippet", SNIPPET),
        "who": _who() if sight.contact else F("customer__name"),
        "unread": Seen.unread(sight.user),
        "draft": Exists(Draft.objects.filter(ticket=OuterRef("pk")).exclude(text="")),
        "at": F(at),
    }
    return tickets.annotate(**worked_out).values_list(*FIELDS, *worked_out)


def _who() -> Coalesce:
    """The customer's name, else the first address that we know."""
    known = Identity.objects.filter(customer=OuterRef("customer")).exclude(kind=Identity.Kind.VISITOR)
    identity = known.order_by("pk").values("value")[:1]
    return Coalesce(NullIf("customer__name", Value("")), Subquery(identity), Value(""))


def _row(ticket: Found, sight: Sight) -> Row:
    number, standing = ticket.pk, sight.times.due(ticket.due_at, ticket.waiting_since, ticket.state)
    excerpt = sight.excerpts.get(number)
    look = Look(sight.times.language, sight.back, number == sight.current, excerpt.html if excerpt else None)
    group = group_of(ticket.due_at, sight.now, sight.midnight)
    return Row(
        number, f"/tickets/{number}/{sight.query}", standing, ticket.unread, group, _html(ticket, standing, look)
    )


@lru_cache(maxsize=8192)
def _html(ticket: Found, standing: Due, look: Look) -> SafeString:
    """A row that looks as it did a moment ago is not written again: lists are asked for after every event."""
    data = {"who": ticket.who or _("Unknown customer"), "subject": ticket.subject or _("(no subject)")}
    parts: dict[str, SafeString | int] = {
        "number": ticket.pk,
        "url": SafeString(f"/tickets/{ticket.pk}/{look.back}"),
        "kind": SafeString((" row--unread" if ticket.unread else "") + (" is-cursor" if look.current else "")),
        "current": SafeString(' aria-current="true"') if look.current else NOTHING,
        "unread": markup.part("unread") if ticket.unread else NOTHING,
        "channel": _channel(look.language, ticket.channel_kind),
        "marks": _marks(ticket),
        "vip": markup.part("vip") if ticket.vip else NOTHING,
        "snippet": look.excerpt if look.excerpt is not None else SafeString(escape(ticket.snippet)),
        "reason": ui.reason(what=ticket.what, why=ticket.why) if ticket.what else NOTHING,
        "due": ui.due(tone=standing.tone, words=standing.words, eighths=standing.eighths, spoken=standing.spoken),
        "owner": _owner(ticket),
    }
    return markup.row(data, parts)


@cache
def _channel(language: str | None, kind: str) -> SafeString:
    return ui.channel(kind=kind, label=str(ChannelKind(kind).label))


def _marks(ticket: Found) -> SafeString:
    """What sets a ticket apart: an open complaint, an answer that somebody has begun."""
    marks = {"complaint": ticket.complaint == "", "draft": ticket.draft}
    return SafeString("".join([markup.part(name) for name, shown in marks.items() if shown]))


def _owner(ticket: Found) -> SafeString:
    if ticket.assignee is None:
        return ui.nobody()
    owner = Colleague.of(ticket.assignee, ticket.first_name, ticket.last_name)
    return ui.avatar(name=owner.name, initials=owner.initials, colour=owner.colour)
