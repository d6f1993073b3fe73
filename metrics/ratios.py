"""Figures made of two populations, or of rows that belong to no ticket."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from customers.models import Order
from metrics.measures import ANY, Figure, Key, Lengths, Measure, Share, over
from metrics.models import FigureSettings, TicketFacts
from metrics.populations import Population, Rows
from metrics.scope import Group, Scope
from metrics.windows import first_of

UNPAID = ("cancelled", "canceled", "refunded", "voided")


@dataclass(frozen=True)
class PerTicket(Lengths):
    """The sum of a length over the tickets that have any; beside it the mean per row (KPIS 4.11)."""

    opened: Population

    def aggregates(self) -> dict[str, Any]:
        return super().aggregates() | {"tickets": Count("facts", distinct=True)}

    def read(self, row: dict[str, Any]) -> Figure:
        each, tickets = super().read(row), row["tickets"]
        value = over(int(row["total"] or 0), tickets, 1_000_000)
        per_reply = {name: getattr(each, name) for name in ("mean", "median", "p90", "max", "n")}
        return replace(each, value=value, n=tickets, denominator=tickets, extra={"per_reply": per_reply})

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        found = super().figures(scope, group)
        if group is not None or not found[None].n:
            return found
        return {None: replace(found[None], extra=found[None].extra | {"literal": self._literal(scope, found[None])})}

    def _literal(self, scope: Scope, figure: Figure) -> dict[str, Any]:
        """The source's words taken literally: over all tickets of the period, answered or not."""
        answered = self.population.counted(scope).values("facts")
        silent = self.opened.counted(scope).exclude(pk__in=answered).count()
        total = figure.numerator
        assert isinstance(total, (int, float))
        return {"value": over(total, figure.n + silent), "n": figure.n + silent}

    def included(self, scope: Scope) -> Rows:
        return self._tickets(self.population.counted(scope).filter(**{f"{self.column}__isnull": False}))

    def excluded(self, scope: Scope) -> Rows:
        rows: Rows = self._tickets(self.population.excluded(scope)).annotate(left_out_as=F("excluded"))
        return rows

    def _tickets(self, waits: Rows) -> Rows:
        """One row per ticket, with the sum of its lengths."""
        own = waits.filter(facts=OuterRef("pk")).order_by().values("facts")
        return TicketFacts.objects.filter(pk__in=waits.values("facts")).annotate(
            number=F("pk"),
            counted_at=own.annotate(last=Max("ended_at")).values("last"),
            measured=own.annotate(total=Sum(self.column)).values("total"),
        )


@dataclass(frozen=True)
class Nps(Share):
    """The share of those who recommend less the share of those who advise against."""

    against: Q = field(default_factory=Q)

    def aggregates(self) -> dict[str, Any]:
        return super().aggregates() | {"foes": Count("pk", filter=self.against)}

    def read(self, row: dict[str, Any]) -> Figure:
        figure, balance = super().read(row), row["hits"] - row["foes"]
        return replace(figure, value=over(100 * balance, figure.n), numerator=balance)


@dataclass(frozen=True)
class Quotient(Measure):
    """Tickets counted against something that is no ticket: `parts` says which count goes above and which below.

    The list behind it holds the tickets. What belongs to no ticket knows neither channel nor team, colleague nor
    reason: it is the same whatever is asked for.
    """

    tickets: Population
    others: Population
    tickets_above: bool  # contact ratio: tickets / orders; else others / (others + tickets)

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        tickets, others = (_counts(population, scope, group) for population in (self.tickets, self.others))
        if group is None or group.is_time:
            return {key: self._figure(tickets.get(key, 0), others.get(key, 0)) for key in tickets | others}
        everything = others.get(None, 0)
        return {key: self._figure(n, everything) for key, n in tickets.items()} | {ANY: self._figure(0, everything)}

    def _figure(self, tickets: int, others: int) -> Figure:
        above, below = (tickets, others) if self.tickets_above else (others, others + tickets)
        return Figure(over(100 * above, below), below, above, below)

    def included(self, scope: Scope) -> Rows:
        return Share(self.tickets, Q(pk__isnull=False)).included(scope)

    def excluded(self, scope: Scope) -> Rows:
        return Share(self.tickets, Q(pk__isnull=False)).excluded(scope)


class NoTickets(Measure):
    """A figure that no ticket stands behind."""

    def included(self, scope: Scope) -> Rows:
        return TicketFacts.objects.none()

    def excluded(self, scope: Scope) -> Rows:
        return TicketFacts.objects.none()

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        if group is None:
            return {None: self.of(scope)}
        if not group.is_time:
            return {ANY: self.of(scope)}
        return {first_of(part.since, group): self.of(replace(scope, window=part)) for part in scope.window.parts(group)}

    def of(self, scope: Scope) -> Figure:
        raise NotImplementedError


class Nothing(NoTickets):
    """What is not recorded has no value."""

    def of(self, scope: Scope) -> Figure:
        return self.empty


class Retention(NoTickets):
    """KPIS 4.20."""

    def of(self, scope: Scope) -> Figure:
        active = timedelta(days=settings_of(scope).active_days)
        start, end = scope.window.start, scope.window.end
        orders = _orders(scope).filter(placed_at__lt=end).annotate(buyer=root("customer")).order_by()
        buyers = orders.values("buyer").annotate(
            first=Min("placed_at"),
            before=Count("pk", filter=Q(placed_at__gte=start - active, placed_at__lt=start)),
            after=Count("pk", filter=Q(placed_at__gte=end - active)),
        )
        row = buyers.aggregate(
            start=Count("buyer", filter=Q(before__gt=0)),
            end=Count("buyer", filter=Q(after__gt=0)),
            new=Count("buyer", filter=Q(after__gt=0, first__gte=start)),
        )
        stayed = row["end"] - row["new"]
        return Figure(
            over(100 * stayed, row["start"]), row["start"], stayed, row["start"], extra={"customers": dict(row)}
        )


class Revenue(NoTickets):
    """Orders placed soon after a colleague helped, net of what was cancelled or refunded. A correlation."""

    def of(self, scope: Scope) -> Figure:
        shop = scope.shop
        days = timedelta(days=settings_of(scope).revenue_days)
        helped = TicketFacts.objects.filter(
            excluded="",
            replies__gt=0,
            opened_at__lte=OuterRef("placed_at"),
            opened_at__gte=OuterRef("placed_at") - days,
            customer=OuterRef("buyer"),
        )
        orders = _orders(scope).annotate(buyer=root("customer"))
        orders = orders.filter(placed_at__gte=scope.window.start, placed_at__lt=scope.window.end)
        if shop is not None:
            orders = orders.filter(currency=shop.currency)
        row = orders.exclude(status__in=UNPAID).filter(Exists(helped)).aggregate(n=Count("*"), total=Sum("total"))
        value = str(row["total"] or Decimal("0.00"))
        return Figure(value, row["n"], value, None, extra={"currency": shop.currency if shop else None})


def root(path: str) -> Coalesce:
    """The customer that a customer has been merged into, else the customer."""
    return Coalesce(f"{path}__merged_into__merged_into", f"{path}__merged_into", f"{path}_id")


def settings_of(scope: Scope) -> FigureSettings:
    found = FigureSettings.objects.filter(shop=scope.shop).first() if scope.shop else None
    return found or FigureSettings()


def _orders(scope: Scope) -> QuerySet[Order]:
    return Order.objects.filter(shop=scope.shop) if scope.shop else Order.objects.all()


def _counts(population: Population, scope: Scope, group: Group | None) -> dict[Any, int]:
    rows = population.counted(scope)
    if group is None or (population.facts is None and not group.is_time):
        return {None: rows.count()}
    keys = population.by(group, scope, rows).annotate(n=Count("*"))
    return dict(keys.values_list("grouped_by", "n"))
