"""Who buys again: after a complaint that was solved or not (S86), and who leaves without a word (S117)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.utils import timezone

from customers.models import Customer, Order
from customers.orders import UNPAID
from metrics.kpis.volume import opened_by_customers
from metrics.models import TicketFacts
from metrics.models import Why as Excluded
from metrics.populations import Rows
from metrics.purchases import currency_of
from metrics.ratios import root
from metrics.scope import Scope
from surveys.models import Kind, Survey

HORIZON = timedelta(days=90)  # for which a purchase counts as coming back: ours
LATE = timedelta(days=14)  # after which an order that has not arrived is late: ours
ARRIVED = ("delivered", "fulfilled", "completed", *UNPAID)
LOW = Q(kind=Kind.CSAT, score__lte=2) | Q(kind=Kind.CES, score__lte=3)
YEAR = timedelta(days=365)
Why = Literal["low", "late"]
Moment = tuple[datetime, Why, str]  # when somebody was let down, how, and the number of their ticket or order


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers, and how many of them bought again within HORIZON."""

    name: str  # solved, unsolved, silent
    people: int
    again: int

    @property
    def share(self) -> float | None:
        return 100 * self.again / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Lost:
    """A customer who was let down, said nothing more and did not buy again. `spent`: in the year before."""

    customer: Customer
    since: datetime
    why: Why
    about: str  # the number of the ticket that was rated, or of the late order
    spent: dict[str, Decimal]  # by currency


def recovery(scope: Scope) -> list[Cohort]:
    """Customers who complained in the window, solved and not, beside those who bought and never complained.

    A complaint: a reason that is bad news, a complaint's case, or a rating of 1 or 2. Each customer counts once,
    from their first complaint, or their first order of the window.
    """
    complaints = _complaints(scope)
    firsts = complaints.values("customer").annotate(
        since=Min("opened_at"), left=Count("pk", filter=Q(solved_at=None))
    )  # solved is who has no complaint left unsolved
    told = [(row["customer"], row["since"], not row["left"]) for row in firsts]
    again = _bought_after({who: since for who, since, _good in told}, scope)
    found = [
        Cohort(name, len(who := {one for one, _since, good in told if good == wanted}), len(who & again))
        for name, wanted in (("solved", True), ("unsolved", False))
    ]
    return [*found, _others(scope, {who for who, _since, _good in told})]


def silent(scope: Scope, *, most: int = 50) -> tuple[list[Lost], int, dict[str, Decimal]]:
    """Whom the shop lost without a word, how many, and what they spent in the year before, by currency.

    The dearest first in the currency of `currency_of`, then those who paid in others only.

    Somebody who rated low, or whose order is late, in the window: with no ticket and no order of theirs since.
    """
    moments = _late(scope) | _low(scope)
    gone = _quiet(moments, scope)
    spent = _spent(gone, scope)
    named = Customer.objects.in_bulk(list(gone))
    lost = [
        Lost(named[who], at, why, about, spent.get(who, {})) for who, (at, why, about) in gone.items() if who in named
    ]
    home = currency_of(scope)
    lost.sort(key=lambda one: (-one.spent.get(home, 0), one.customer.pk))
    together: dict[str, Decimal] = {}
    for one in lost:
        for currency, paid in one.spent.items():
            together[currency] = together.get(currency, Decimal(0)) + paid
    return lost[:most], len(lost), together


def _complaints(scope: Scope) -> Rows:
    rated = Survey.objects.filter(ticket=OuterRef("pk"), kind=Kind.CSAT, score__lte=2).answered()
    bad = Q(reason__polarity=-1) | Q(ticket__complaint__isnull=False) | Exists(rated)
    return opened_by_customers().counted(scope).filter(bad).order_by()


def _others(scope: Scope, complained: set[int]) -> Cohort:
    window = scope.window
    bought = _orders(scope).filter(placed_at__gte=window.start, placed_at__lt=window.end)
    firsts = dict(bought.values("buyer").annotate(since=Min("placed_at")).values_list("buyer", "since"))
    quiet = {who: since for who, since in firsts.items() if who not in complained}
    return Cohort("silent", len(quiet), len(_bought_after(quiet, scope)))


def _bought_after(since: dict[int, datetime], scope: Scope) -> set[int]:
    """Who of these placed an order after their moment, within HORIZON of it."""
    if not since:
        return set()
    rows = _orders(scope).filter(placed_at__gt=min(since.values()), placed_at__lte=max(since.values()) + HORIZON)
    orders = rows.values_list("buyer", "placed_at")
    return {who for who, at in orders if who in since and since[who] < at <= since[who] + HORIZON}


def _low(scope: Scope) -> dict[int, Moment]:
    window = scope.window
    rows = Survey.objects.filter(LOW, answered_at__gte=window.start, answered_at__lt=window.end).order_by("answered_at")
    rows = rows.filter(Q(ticket=None) | Q(ticket__facts__excluded=Excluded.COUNTED))
    rows = rows.filter(shop=scope.shop) if scope.shop else rows
    told = rows.annotate(who=root("customer")).values_list("who", "answered_at", "ticket")
    return {who: (at, "low", str(ticket or "")) for who, at, ticket in told if at}


def _late(scope: Scope) -> dict[int, Moment]:
    """Orders of the window that should have arrived and have not; no ticket speaks of them."""
    window = scope.window
    until = min(window.end, timezone.now() - LATE)
    rows = _orders(scope).filter(placed_at__gte=window.start, placed_at__lt=until).exclude(status__in=ARRIVED)
    told = rows.filter(tickets=None).order_by("placed_at").values_list("buyer", "placed_at", "number")
    return {who: (at, "late", number) for who, at, number in told}


def _quiet(moments: dict[int, Moment], scope: Scope) -> dict[int, Moment]:
    """Those of whom nothing came after their moment: no ticket, no order."""
    if not moments:
        return {}
    first = min(at for at, _why, _about in moments.values())
    wrote = TicketFacts.objects.filter(customer__in=moments, opened_at__gt=first, by_customer=True)
    wrote = wrote.exclude(excluded__in=(Excluded.SPAM, Excluded.TEST))  # one merged is a sign of life all the same
    bought = _orders(scope).filter(buyer__in=moments, placed_at__gt=first)
    heard = [*wrote.values_list("customer", "opened_at"), *bought.values_list("buyer", "placed_at")]
    back = {who for who, at in heard if at > moments[who][0]}
    return {who: moment for who, moment in moments.items() if who not in back}


def _spent(gone: dict[int, Moment], scope: Scope) -> dict[int, dict[str, Decimal]]:
    """What each paid in the year before the window's end, by currency."""
    rows = _orders(scope).filter(buyer__in=gone, placed_at__gte=scope.window.end - YEAR).exclude(status__in=UNPAID)
    spent: dict[int, dict[str, Decimal]] = {}
    sums = rows.order_by("currency").values("buyer", "currency").annotate(paid=Sum("total"))
    for who, currency, paid in sums.values_list("buyer", "currency", "paid"):
        spent.setdefault(who, {})[currency] = paid
    return spent


def _orders(scope: Scope) -> Rows:
    orders = Order.objects.filter(shop=scope.shop) if scope.shop else Order.objects.all()
    return orders.annotate(buyer=root("customer")).order_by()
