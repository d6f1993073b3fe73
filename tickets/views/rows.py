"""The rows of a ticket list: values and ready HTML, no model instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from channels_app.models import ChannelKind
from customers.models import Identity
from tickets.models import Seen
from tickets.querysets import TicketQuerySet
from tickets.search.highlight import Excerpt
from tickets.views import markup
from tickets.views.clock import Due, due
from tickets.views.ordering import Ordering
from tickets.views.queues import group_of

GROUP_LABELS = {
    "late": gettext_lazy("Late"),
    "soon": gettext_lazy("Within the hour"),
    "today": gettext_lazy("Today"),
    "later": gettext_lazy("Later"),
    "rest": gettext_lazy("Answered"),
}
FIELDS = (
    "pk",
    "subject",
    "snippet",
    "state",
    "channel_kind",
    "opened_at",
    "due_at",
    "waiting_since",
    "last_activity_at",
    "customer__vip",
    "assignee_id",
    "assignee__first_name",
    "assignee__last_name",
    "reason__what",
    "reason__why",
)
NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone of ours, as the avatar component wants them."""

    name: str
    initials: str
    colour: int


@dataclass(frozen=True, slots=True)
class Row:
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


@dataclass(frozen=True)
class Sight:
    """What the rows of one page have in common."""

    user: User
    now: datetime
    query: str
    contact: bool  # may see addresses
    current: int | None
    excerpts: dict[int, Excerpt]


def page_of(tickets: TicketQuerySet, *, size: int, ordering: Ordering, sight: Sight) -> tuple[list[Row], str]:
    """The first `size` rows in two queries, and the cursor of the page behind them ("" when there is none)."""
    values = list(_valued(tickets, sight)[: size + 1])
    more = ordering.cursor(values[size - 1]) if len(values) > size else ""
    return _rows(values[:size], sight), more


def rows_of(tickets: TicketQuerySet, numbers: Sequence[int], sight: Sight) -> list[Row]:
    """The rows of these tickets in this order."""
    found = {value["pk"]: value for value in _valued(tickets.filter(pk__in=numbers), sight)}
    return _rows([found[number] for number in numbers if number in found], sight)


def grouped(rows: Sequence[Row], counts: dict[str, int] | None, continues: str = "") -> list[Group]:
    """The rows under their headings; without counts (search, solved) there is one group without a heading."""
    if counts is None:
        return [Group("", "", None, list(rows))] if rows else []
    return [
        Group(key, "" if key == continues else str(GROUP_LABELS[key]), counts.get(key), list(members))
        for key, members in groupby(rows, key=lambda row: row.group)
    ]


def _valued(tickets: TicketQuerySet, sight: Sight) -> Any:
    return tickets.annotate(who=_who() if sight.contact else F("customer__name")).values(*FIELDS, "who")


def _who() -> Coalesce:
    """The customer's name, else the first address that we know."""
    identity = Identity.objects.filter(customer=OuterRef("customer")).order_by("pk").values("value")[:1]
    return Coalesce(NullIf("customer__name", Value("")), Subquery(identity), Value(""))


def _rows(values: list[dict[str, Any]], sight: Sight) -> list[Row]:
    unread = Seen.unread_among(sight.user, [value["pk"] for value in values]) if values else set()
    return [_row(value, value["pk"] in unread, sight) for value in values]


def _row(value: dict[str, Any], unread: bool, sight: Sight) -> Row:
    number, standing = value["pk"], due(value["due_at"], value["waiting_since"], value["state"], sight.now)
    url = f"/tickets/{number}/{sight.query}"
    current = number == sight.current
    data = {
        "number": number,
        "url": url,
        "who": value["who"] or _("Unknown customer"),
        "subject": value["subject"] or _("(no subject)"),
    }
    excerpt = sight.excerpts.get(number)
    parts = {
        "kind": SafeString((" row--unread" if unread else "") + (" is-cursor" if current else "")),
        "current": SafeString(' aria-current="true"') if current else NOTHING,
        "unread": markup.part("unread") if unread else NOTHING,
        "channel": markup.part("channel", kind=value["channel_kind"], label=_channel(value["channel_kind"])),
        "vip": markup.part("vip") if value["customer__vip"] else NOTHING,
        "snippet": excerpt.html if excerpt else escape(value["snippet"]),
        "reason": _reason(value),
        "due": markup.part(
            "due", tone=standing.tone, words=standing.words, eighths=standing.eighths, spoken=standing.spoken
        ),
        "owner": _owner(value),
    }
    return Row(number, url, standing, unread, group_of(value["due_at"], sight.now), markup.row(data, parts))


def _channel(kind: str) -> str:
    return str(ChannelKind(kind).label)


def _reason(value: dict[str, Any]) -> SafeString:
    what, why = value["reason__what"], value["reason__why"]
    return markup.part("reason", what=what, why=why) if what else NOTHING


def _owner(value: dict[str, Any]) -> SafeString:
    if value["assignee_id"] is None:
        return markup.part("nobody")
    first, last = value["assignee__first_name"], value["assignee__last_name"]
    initials, colour = (first[:1] + last[:1]).upper(), value["assignee_id"] % 6 + 1
    return markup.part("owner", name=f"{first} {last}", initials=initials, colour=colour)
