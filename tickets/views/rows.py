"""The rows of a ticket list: values and ready strings, no model instances."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import ChannelKind
from customers.models import Identity
from tickets.querysets import TicketQuerySet
from tickets.views.clock import Due, due
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
    who: str
    vip: bool
    subject: str
    snippet: str
    unread: bool
    channel: str
    channel_label: str
    what: str
    why: str
    due: Due
    owner: Colleague | None
    cursor: str
    group: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading. `label` is empty where the page before has already shown it."""

    key: str
    label: str
    count: int | None
    rows: list[Row]


def page_of(
    tickets: TicketQuerySet, *, size: int, now: datetime, query: str, by_deadline: bool, contact: bool
) -> tuple[list[Row], str]:
    """The first `size` rows in one query, and the cursor of the page behind them ("" when there is none)."""
    values = list(tickets.annotate(who=_who() if contact else F("customer__name")).values(*FIELDS, "who")[: size + 1])
    rows = [_row(value, now, query, by_deadline) for value in values[:size]]
    return rows, rows[-1].cursor if len(values) > size else ""


def grouped(rows: Sequence[Row], counts: dict[str, int] | None, continues: str = "") -> list[Group]:
    """The rows under their headings; without counts (search, solved) there is one group without a heading."""
    if counts is None:
        return [Group("", "", None, list(rows))] if rows else []
    return [
        Group(key, "" if key == continues else str(GROUP_LABELS[key]), counts.get(key), list(members))
        for key, members in groupby(rows, key=lambda row: row.group)
    ]


def _who() -> Coalesce:
    """The customer's name, else the first address that we know."""
    identity = Identity.objects.filter(customer=OuterRef("customer")).order_by("pk").values("value")[:1]
    return Coalesce(NullIf("customer__name", Value("")), Subquery(identity), Value(""))


def _row(value: dict[str, Any], now: datetime, query: str, by_deadline: bool) -> Row:
    at = value["due_at"] if by_deadline else value["last_activity_at"]
    kind = ChannelKind(value["channel_kind"])
    return Row(
        number=value["pk"],
        url=reverse("ticket", args=[value["pk"]]) + query,
        who=value["who"] or _("Unknown customer"),
        vip=value["customer__vip"],
        subject=value["subject"] or _("(no subject)"),
        snippet=value["snippet"],
        unread=value["state"] == "new",
        channel=kind.value,
        channel_label=str(kind.label),
        what=value["reason__what"] or "",
        why=value["reason__why"] or "",
        due=due(value["due_at"], value["waiting_since"], value["state"], now),
        owner=_owner(value),
        cursor=f"{at.isoformat() if at else ''}~{value['pk']}",
        group=group_of(value["due_at"], now),
    )


def _owner(value: dict[str, Any]) -> Colleague | None:
    if value["assignee_id"] is None:
        return None
    first, last = value["assignee__first_name"], value["assignee__last_name"]
    return Colleague(f"{first} {last}", (first[:1] + last[:1]).upper(), value["assignee_id"] % 6 + 1)
