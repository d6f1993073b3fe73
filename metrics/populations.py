"""What a figure counts: rows of one table, each dated by an instant, credited to a colleague, of one ticket.

A figure, its split and its list of tickets are read from the same queryset, so that they cannot disagree.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    Expression,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from customers.models import Order
from metrics.models import TicketFacts, Why
from metrics.scope import Group, Scope

TRUNCATE = {Group.DAY: TruncDay, Group.WEEK: TruncWeek, Group.MONTH: TruncMonth}
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Beyond:
    """What a figure passes over and its list names: rows of the same table, by why, the figure's own among them.

    `at` dates those whose own date has not come by the end of the window, `late` says so: nobody has answered yet.
    """

    rows: Rows
    why: dict[str, Q] = field(default_factory=dict)
    late: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Population:
    """`facts` is the path from a row to its ticket's facts ("" when it is that row, None when it has no ticket)."""

    rows: Rows
    at: str
    agent: str = "assignee"
    facts: str | None = ""
    shop: str = "shop"
    without_ticket: str = ""  # the path to a ticket that a row may lack, and still count
    counted_itself: bool = False  # the row has `counted`: no look at its ticket's facts
    items: str = ""  # of rows without a ticket: the path to the products that they hold
    left_out: dict[str, Q] = field(default_factory=dict)  # why -> which rows this one figure leaves out
    beyond: Beyond | None = None

    @property
    def number(self) -> str:
        """The path from a row to its ticket's number."""
        return f"{self.facts}ticket_id"

    def counted(self, scope: Scope, *, dated: bool = True) -> Rows:
        """The rows in the figure; with `dated` False of all times."""
        rows = self.narrowed(scope, dated=dated)
        for condition in self.left_out.values():
            rows = rows.exclude(condition)
        counted: Rows = rows.filter(self._present())
        return counted

    def excluded(self, scope: Scope, unmeasured: dict[str, Q] | None = None) -> Rows:
        """The rows of the window that are not in the figure, each with why, `left_out_as`, and its `counted_at`."""
        if self.facts is None:
            return self.rows.none()
        beyond = self.beyond or Beyond(self.rows)
        start, end = scope.window.start, scope.window.end
        dated, at = self.within(start, end), Case(default=F(self.at))
        why = [When(~self._present(), then=F(f"{self.facts}excluded")), *_told(self.left_out | beyond.why)]
        if beyond.at:
            late = Q(**{f"{self.at}__isnull": True}) | Q(**{f"{self.at}__gte": end})
            dated |= late & Q(**{f"{beyond.at}__gte": start, f"{beyond.at}__lt": end})
            at = Case(When(late, then=F(beyond.at)), default=F(self.at))
            why += _told({beyond.late: late})
        why += _told(unmeasured or {})
        rows = beyond.rows.filter(self._filters(scope) & dated)
        told = rows.annotate(left_out_as=Case(*why, output_field=CharField()), counted_at=at)
        left_out: Rows = told.filter(left_out_as__isnull=False)
        return left_out

    def narrowed(self, scope: Scope, *, dated: bool = True) -> Rows:
        """The rows that the filters and, if `dated`, the window let through."""
        conditions = self._filters(scope)
        if dated:
            conditions &= self.within(scope.window.start, scope.window.end)
        narrowed: Rows = self.rows.filter(conditions)
        return narrowed

    def within(self, start: datetime, end: datetime) -> Q:
        return Q(**{f"{self.at}__gte": start, f"{self.at}__lt": end})

    def by(self, group: Group, scope: Scope, rows: Rows) -> Rows:
        """The rows of this population as groups, to be annotated with what is counted; each has `grouped_by`."""
        grouped: Rows = rows.order_by().annotate(grouped_by=self.key(group, scope)).values("grouped_by")
        return grouped

    def key(self, group: Group, scope: Scope) -> Expression | F:
        """What a row's group is called: a date, a channel, the id of a colleague or of a reason."""
        if group in TRUNCATE:
            return TRUNCATE[group](self.at, tzinfo=scope.window.zone, output_field=DateField())
        if self.facts is None:
            return Value(None, output_field=CharField())
        if group == Group.AGENT:
            return F(self.agent)
        return F(self.facts + ("channel_kind" if group == Group.CHANNEL else "reason"))

    def _present(self) -> Q:
        """Tests, spam, deleted and merged-away tickets are in no figure (KPIS 4.8)."""
        if self.facts is None:
            return Q()
        if self.counted_itself:
            return Q(counted=True)
        present = Q(**{f"{self.facts}excluded": Why.COUNTED})
        return present | Q(**{self.without_ticket: None}) if self.without_ticket else present

    def _filters(self, scope: Scope) -> Q:
        conditions = Q(**{self.shop: scope.shop}) if scope.shop else Q()
        if self.facts is None:
            held = Q(**{f"{self.items}__contains": [{"sku": scope.product}]})
            return conditions & held if self.items and scope.product else conditions
        if scope.product:
            held_by = Order.objects.filter(items__contains=[{"sku": scope.product}], tickets=OuterRef(self.number))
            conditions &= Q(Exists(held_by))
        if scope.channel:
            conditions &= Q(**{f"{self.facts}channel_kind": scope.channel})
        if scope.team:
            conditions &= Q(**{f"{self.facts}team": scope.team})
        if scope.reason:
            conditions &= Q(**{f"{self.facts}reason": scope.reason})
        return conditions & Q(**{self.agent: scope.agent.pk}) if scope.agent else conditions


def tickets(at: str, *, agent: str = "assignee", left_out: dict[str, Q] | None = None, late: str = "") -> Population:
    """Tickets dated by one of their facts; `late`: why those opened in the window lack it at its end."""
    rows: QuerySet[TicketFacts] = TicketFacts.objects.filter(**{f"{at}__isnull": False})
    beyond = Beyond(TicketFacts.objects.all(), late=late, at="opened_at") if late else None
    return Population(rows, at=at, agent=agent, left_out=left_out or {}, beyond=beyond)


def children(model: type[Model], at: str, *, agent: str = "by", **conditions: Any) -> Population:
    """Rows that hang on a ticket's facts: waits, open spans."""
    rows = model._default_manager.filter(**{f"{at}__isnull": False}, **conditions)
    return Population(rows, at=at, agent=agent, facts="facts__", counted_itself=True)


def of_tickets(model: type[Model], at: str, *, agent: str, **conditions: Any) -> Population:
    """Rows of other tables that hang on a ticket: deadlines, promises, reviews."""
    rows = model._default_manager.filter(**{f"{at}__isnull": False}, **conditions)
    return Population(rows, at=at, agent=agent, facts="facts__", shop="facts__shop")


def _told(why: dict[str, Q]) -> list[When]:
    return [When(condition, then=Value(name)) for name, condition in why.items()]
