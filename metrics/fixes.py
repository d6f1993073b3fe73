"""What the fix of a Problem changed: contacts for every hundred orders in the weeks before and after it (S84).

The week of the fix counts on neither side. Contacts are those of the problem's reason (and product); orders those
of its product, or all of the shop.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from accounts.models import Shop
from customers.models import Order
from metrics.kpis.volume import opened_by_customers
from metrics.populations import Rows
from metrics.scope import Scope
from metrics.windows import Window
from metrics.worth import reply_cost
from tickets.models import Problem

WEEK = timedelta(days=7)
BEFORE, AFTER, LEAST = 8, 8, 2  # weeks: looked at on either side, and needed after; ours
SURE = 1.96  # standard errors: 95 % confidence
Verdict = Literal["confirmed", "worse", "unclear", "early"]


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    contacts: int
    orders: int
    side: Literal["before", "fix", "after"]

    @property
    def rate(self) -> float | None:
        return 100 * self.contacts / self.orders if self.orders else None


@dataclass(frozen=True, slots=True)
class Side:
    """The whole stretch before or after: a rate for every hundred orders."""

    since: date
    until: date  # exclusive
    contacts: int
    orders: int

    @property
    def rate(self) -> float | None:
        return 100 * self.contacts / self.orders if self.orders else None

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fix:
    """A problem and its effect. `others`: by how many percent all other contacts changed in the same time."""

    problem: Problem
    fixed_on: date
    tickets: int
    weeks: list[Week]
    before: Side
    after: Side
    cost: Decimal  # of one such contact
    others: float | None

    @property
    def change(self) -> float | None:
        """Percent; None where either side has no rate to compare."""
        return _change(self.before.rate, self.after.rate)

    @property
    def margin(self) -> tuple[float, float] | None:
        """From which to which difference of the rates, with 95 % confidence."""
        return margin(self.before, self.after)

    @property
    def verdict(self) -> Verdict:
        if sum(week.side == "after" for week in self.weeks) < LEAST or self.margin is None:
            return "early"
        low, high = self.margin
        return "confirmed" if high < 0 else "worse" if low > 0 else "unclear"

    @property
    def saved(self) -> Decimal:
        """What the contacts that did not come would have cost."""
        if self.before.rate is None or self.after.rate is None:
            return Decimal(0)
        spared = (self.before.rate - self.after.rate) / 100 * self.after.orders
        return Decimal(spared).quantize(Decimal("0.01")) * self.cost


def margin(before: Side, after: Side) -> tuple[float, float] | None:
    """Two Poisson rates: their difference and 1.96 standard errors around it, for every hundred orders."""
    if before.rate is None or after.rate is None:
        return None
    spread = SURE * 100 * math.sqrt(before.contacts / before.orders**2 + after.contacts / after.orders**2)
    middle = after.rate - before.rate
    return middle - spread, middle + spread


def fixes(shop: Shop | None, *, most: int = 10, today: date | None = None) -> list[Fix]:
    """The problems fixed last, each with its effect so far; six statements each."""
    found = Problem.objects.exclude(fixed_at=None).select_related("shop", "reason", "team")
    mine = found.filter(shop=shop) if shop else found
    rows = mine.annotate(linked=Count("tickets")).order_by("-fixed_at", "-pk")[:most]
    return [effect(problem, tickets=problem.linked, today=today) for problem in rows]


def effect(problem: Problem, *, tickets: int, today: date | None = None) -> Fix:
    """The weeks around the fix, by the shop's own clock; weeks that are not over do not count."""
    zone = ZoneInfo(problem.shop.timezone)
    today = today or timezone.now().astimezone(zone).date()
    assert problem.fixed_at is not None
    fixed_on = problem.fixed_at.astimezone(zone).date()
    monday = fixed_on - timedelta(days=fixed_on.weekday())
    window = Window(monday - BEFORE * WEEK, min(monday + (AFTER + 1) * WEEK, _monday(today)), zone)
    scope = Scope(window, shop=problem.shop)
    contacts, orders = _contacts(problem, scope), _orders(problem, scope)
    weeks = _weeks(window, monday, _by_week(contacts, "opened_at", zone), _by_week(orders, "placed_at", zone))
    told = contacts.aggregate(n=Count("pk"), replies=Sum("replies"))
    cost = reply_cost(scope) * (told["replies"] or 0) / (told["n"] or 1)
    everything = _by_week(opened_by_customers().counted(scope), "opened_at", zone)
    others = [Week(one.monday, everything.get(one.monday, 0) - one.contacts, one.orders, one.side) for one in weeks]
    before, after = _side(weeks, "before", window.since, monday), _side(weeks, "after", monday + WEEK, window.until)
    rest = _change(_side(others, "before", monday, monday).rate, _side(others, "after", monday, monday).rate)
    return Fix(problem, fixed_on, tickets, weeks, before, after, cost, rest)


def _contacts(problem: Problem, scope: Scope) -> Rows:
    rows = opened_by_customers().counted(scope).order_by()
    if problem.reason_id is None:
        return rows.filter(ticket__problems=problem)
    rows = rows.filter(reason=problem.reason)
    return rows.filter(ticket__orders__items__contains=[{"sku": problem.sku}]).distinct() if problem.sku else rows


def _orders(problem: Problem, scope: Scope) -> QuerySet[Order]:
    window = scope.window
    rows = Order.objects.filter(shop=problem.shop, placed_at__gte=window.start, placed_at__lt=window.end).order_by()
    return rows.filter(items__contains=[{"sku": problem.sku}]) if problem.sku else rows


def _by_week(rows: Rows, at: str, zone: ZoneInfo) -> dict[date, int]:
    weeks = rows.annotate(week=TruncWeek(at, tzinfo=zone, output_field=DateField())).values("week")
    return dict(weeks.annotate(n=Count("pk", distinct=True)).values_list("week", "n"))


def _weeks(window: Window, fixed: date, contacts: dict[date, int], orders: dict[date, int]) -> list[Week]:
    mondays = [part.since for part in window.parts("week")]
    return [Week(one, contacts.get(one, 0), orders.get(one, 0), _side_of(one, fixed)) for one in mondays]


def _side_of(monday: date, fixed: date) -> Literal["before", "fix", "after"]:
    return "before" if monday < fixed else "fix" if monday == fixed else "after"


def _side(weeks: Iterable[Week], side: str, since: date, until: date) -> Side:
    mine = [week for week in weeks if week.side == side]
    return Side(since, max(since, until), sum(one.contacts for one in mine), sum(one.orders for one in mine))


def _change(before: float | None, after: float | None) -> float | None:
    return 100 * (after - before) / before if before and after is not None else None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
