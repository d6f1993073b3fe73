"""What each reason for writing is worth, to customers and to the shop: the matrix of Price and Jaffe (S83).

Customer: satisfaction, effort and how often the same person comes back, each held against the median reason.
Shop: what those customers bought soon after, less what handling cost. Both are correlations, and said to be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from typing import Any

from django.db.models import Avg, Count, OuterRef, Subquery, Sum

from customers.models import Order
from customers.orders import UNPAID
from metrics.kpis.volume import opened_by_customers
from metrics.models import TicketFacts, WaitFact
from metrics.populations import Rows
from metrics.purchases import currency_of
from metrics.ratios import root, settings_of
from metrics.scope import Scope
from surveys.models import Kind, Survey
from tickets.models import Reason

LEAST = 5  # contacts below which a reason is not placed: ours
WEIGHTS = {"satisfaction": 40, "effort": 40, "returns": 20}  # percent: ours
Zero = Decimal(0)


class Action(StrEnum):
    """What to do with a reason, by where it lies."""

    ELIMINATE = "eliminate"  # irritating to both
    AUTOMATE = "automate"  # worth it to the customer only
    SIMPLIFY = "simplify"  # worth it to the shop only
    DEVELOP = "develop"  # worth it to both


@dataclass(frozen=True, slots=True)
class Contacts:
    """What was counted of one reason: its contacts, and what came of them."""

    n: int
    people: int
    replies: int
    rounds: int  # waits: how often the customer had to write and wait
    satisfaction: float | None  # mean of 1 to 5
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Worth:
    """One reason. `customer` lies between -1 and 1; `shop` is money a contact."""

    reason: Reason
    contacts: Contacts
    cost: Decimal
    customer: float
    shop: float

    @property
    def action(self) -> Action:
        if self.shop >= 0:
            return Action.DEVELOP if self.customer >= 0 else Action.SIMPLIFY
        return Action.AUTOMATE if self.customer >= 0 else Action.ELIMINATE


@dataclass(frozen=True, slots=True)
class Matrix:
    placed: list[Worth]  # the most frequent first
    too_few: int  # contacts whose reason is unknown or too rare
    total: int


def matrix(scope: Scope) -> Matrix:
    """Every reason with enough contacts in the window, placed."""
    found = contacts_of(scope)
    total = sum(one.n for one in found.values())
    enough = {key: one for key, one in found.items() if key is not None and one.n >= LEAST}
    named = Reason.objects.in_bulk(list(enough))
    price = reply_cost(scope)
    customer = customer_values(enough)
    placed = [
        Worth(named[key], one, one.replies * price, customer[key], float(one.revenue - one.replies * price) / one.n)
        for key, one in enough.items()
    ]
    placed.sort(key=lambda one: (-one.contacts.n, one.reason.pk))
    return Matrix(placed, total - sum(one.n for one in enough.values()), total)


def customer_values(found: Mapping[int, Contacts]) -> dict[int, float]:
    """The weighted mean, -1 to 1, of what is known of each reason; the median reason lies at 0."""
    satisfaction = {key: one.satisfaction for key, one in found.items() if one.satisfaction is not None}
    parts = {
        "satisfaction": {key: value / 2 for key, value in _centred(satisfaction).items()},
        "effort": _saved({key: one.rounds / one.n for key, one in found.items()}),
        "returns": _saved({key: one.n / max(one.people, 1) for key, one in found.items()}),
    }
    return {key: _weighted({name: values[key] for name, values in parts.items() if key in values}) for key in found}


def contacts_of(scope: Scope) -> dict[int | None, Contacts]:
    """By reason: four statements, however many reasons."""
    rows = opened_by_customers().counted(scope).order_by()
    counted = rows.values("reason").annotate(
        n=Count("pk"), people=Count("customer", distinct=True), told=Sum("replies")
    )
    waits = WaitFact.objects.filter(facts__in=rows).order_by().values("facts__reason").annotate(n=Count("pk"))
    rounds = dict(waits.values_list("facts__reason", "n"))
    rated = Survey.objects.filter(kind=Kind.CSAT, ticket__facts__in=rows).answered().order_by()
    scores = dict(rated.values("ticket__facts__reason").annotate(mean=Avg("score")).values_list(
        "ticket__facts__reason", "mean"
    ))  # fmt: skip
    bought = orders_by_reason(scope, rows)
    return {
        row["reason"]: Contacts(
            row["n"], row["people"], row["told"] or 0, rounds.get(row["reason"], 0), scores.get(row["reason"]),
            *bought.get(row["reason"], (0, Zero)),
        )
        for row in counted
    }  # fmt: skip


def orders_by_reason(scope: Scope, rows: Rows) -> dict[int | None, tuple[int, Decimal]]:
    """How many orders, of how much, soon followed a contact; each counts for the last contact before it.

    Only orders in the currency of `currency_of`: a place on the map has one price.
    """
    days = timedelta(days=settings_of(scope).revenue_days)
    near = rows.filter(
        customer=OuterRef("buyer"), opened_at__lte=OuterRef("placed_at"), opened_at__gte=OuterRef("placed_at") - days
    )
    orders = Order.objects.filter(placed_at__gte=scope.window.start, placed_at__lt=scope.window.end + days)
    if scope.shop:
        orders = orders.filter(shop=scope.shop)
    orders = orders.filter(currency=currency_of(scope))  # two currencies are never added
    led = Subquery(near.order_by("-opened_at").values("pk")[:1])
    orders = orders.exclude(status__in=UNPAID).annotate(buyer=root("customer")).annotate(led=led)
    last = TicketFacts.objects.filter(pk=OuterRef("led")).values("reason")
    by_reason = orders.filter(led__isnull=False).annotate(led_reason=Subquery(last)).order_by().values("led_reason")
    told = by_reason.annotate(n=Count("pk"), money=Sum("total"))
    return {row["led_reason"]: (row["n"], row["money"]) for row in told}


def reply_cost(scope: Scope) -> Decimal:
    """What one reply costs the shop, by its settings."""
    kept = settings_of(scope)
    return Decimal(kept.hour_cost) * kept.reply_minutes / 60


def _centred(values: Mapping[int, float]) -> dict[int, float]:
    middle = median(values.values()) if values else 0.0
    return {key: value - middle for key, value in values.items()}


def _saved(values: Mapping[int, float]) -> dict[int, float]:
    """How much less than the median, as a part of it: 0.2 is a fifth less; at most as far below as above."""
    middle = median(values.values()) if values else 0.0
    return {key: max(-1.0, (middle - value) / middle) if middle else 0.0 for key, value in values.items()}


def _weighted(parts: Mapping[str, float]) -> float:
    weight = sum(WEIGHTS[name] for name in parts)
    return sum(WEIGHTS[name] * value for name, value in parts.items()) / weight if weight else 0.0


def totals(placed: list[Worth], action: Action) -> dict[str, Any]:
    """{"reasons", "n", "cost", "orders", "revenue"} of one quadrant, the most frequent reason first."""
    mine = [one for one in placed if one.action == action]
    return {
        "reasons": mine,
        "n": sum(one.contacts.n for one in mine),
        "cost": sum((one.cost for one in mine), Zero),
        "orders": sum(one.contacts.orders for one in mine),
        "revenue": sum((one.contacts.revenue for one in mine), Zero),
    }
