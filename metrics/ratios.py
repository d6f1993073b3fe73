"""Figures made of two populations, or of rows that belong to no ticket."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    Max,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Shop
from customers.merge import SURVIVOR
from metrics.measures import ANY, Figure, Key, Lengths, Measure, Share, Simple, Tally, over
from metrics.models import FigureSettings, TicketFacts
from metrics.populations import Population, Rows
from metrics.scope import Group, Scope
from metrics.windows import first_of

EVERY = Q(pk__isnull=False)


@dataclass(frozen=True)
class PerTicket(Lengths):
    """The sum of a length over the tickets that have any; beside it the mean per row (KPIS 4.11)."""

    opened: Population

    def aggregates(self) -> dict[str, Any]:
        known = Q(**{f"{self.column}__isnull": False})  # a shop without hours has no length in open time
        return super().aggregates() | {"tickets": Count("facts", distinct=True, filter=known)}

    def read(self, row: dict[str, Any]) -> Figure:
        each, tickets = super().read(row), row["tickets"]
        value = over(int(row["total"] or 0), tickets, 1_000_000)
        per_reply = {name: getattr(each, name) for name in ("mean", "median", "p90", "max", "n")}
        return replace(each, value=value, n=tickets, denominator=tickets, extra={"per_reply": per_reply})

    def completed(self, figure: Figure, scope: Scope) -> Figure:
        return replace(figure, extra=figure.extra | {"literal": self._literal(scope, figure)}) if figure.n else figure

    def _literal(self, scope: Scope, figure: Figure) -> dict[str, Any]:
        """The source's words taken literally: over all tickets of the period, answered or not."""
        silent = self.opened.counted(scope).exclude(self._answered(scope)).count()
        assert isinstance(figure.numerator, float)
        total = round(figure.numerator * 1_000_000)
        return {"value": over(total, figure.n + silent, 1_000_000), "n": figure.n + silent}

    def _answered(self, scope: Scope) -> Q:
        """Which of the tickets opened in the window had an answer in it, from the colleague if one is asked about."""
        if scope.agent:
            return Q(pk__in=self.population.counted(scope).values("facts"))
        return Q(answered_before_at__gte=scope.window.start) | Q(answered_after_at__lt=scope.window.end)

    def included(self, scope: Scope) -> Rows:
        waits = self.population.counted(scope).filter(**{f"{self.column}__isnull": False})
        rows: Rows = TicketFacts.objects.filter(waits__in=waits.order_by().values("pk")).annotate(
            number=F("pk"), counted_at=Max("waits__ended_at"), measured=Sum(f"waits__{self.column}")
        )
        return rows

    def excluded(self, scope: Scope) -> Rows:
        """Those of the literal reading among them: opened in the window, and no wait of theirs ended in it."""
        ended = self.population.narrowed(scope)
        counted = self.included(scope).values("pk")
        silent = self.opened.narrowed(scope).exclude(pk__in=ended.values("facts"))
        either = ended.order_by().values("facts").union(silent.order_by().values("pk"))
        rows = self._tickets(scope, ended, either).exclude(pk__in=counted)
        told: Rows = rows.annotate(
            left_out_as=Case(
                When(~Q(excluded=""), then=F("excluded")),
                When(answered_at=None, answered_by_others=True, then=Value("by_another")),
                When(answered_at=None, then=Value("unanswered")),
                default=Value("no_hours"),
            )
        )
        return told

    def _tickets(self, scope: Scope, waits: Rows, among: Rows) -> Rows:
        """One row for each of these tickets, with the sum of its lengths."""
        others = replace(scope, agent=None) if scope.agent else scope
        elsewhere = self.population.narrowed(others).filter(facts=OuterRef("pk"))
        own = waits.filter(facts=OuterRef("pk")).order_by().values("facts")
        return TicketFacts.objects.filter(pk__in=among).annotate(
            number=F("pk"),
            answered_by_others=Exists(elsewhere),
            answered_at=own.annotate(last=Max("ended_at")).values("last"),
            counted_at=Coalesce("answered_at", "opened_at"),
            measured=own.annotate(total=Sum(self.column)).values("total"),
        )


@dataclass(frozen=True)
class Nps(Share):
    """The share of those who recommend less the share of those who advise against."""

    against: Q = field(default_factory=Q)

    def aggregates(self) -> dict[str, Any]:
        return super().aggregates() | {"foes": Count("pk", filter=self.among & self.against)}

    def read(self, row: dict[str, Any]) -> Figure:
        figure, balance = super().read(row), row["hits"] - row["foes"]
        return replace(figure, value=over(100 * balance, figure.n), numerator=balance)


@dataclass(frozen=True)
class Quotient(Measure):
    """Tickets counted against something that is no ticket.

    The list behind it holds the tickets, as many as it says beside. What belongs to no ticket knows neither channel nor
    team, colleague nor reason: it is the same whatever is asked for.
    """

    tickets: Population
    others: Population
    tickets_above: bool  # contact ratio: tickets / orders; else others / (others + tickets)
    variants: dict[str, Q] = field(default_factory=dict)  # the same, of these tickets only

    @property
    def parts(self) -> dict[str, Simple]:
        return {"tickets": Share(self.tickets, EVERY, beside=self.variants), "others": Tally(self.others)}

    def made(self, parts: dict[str, Figure]) -> Figure:
        tickets, others = parts["tickets"], parts["others"].n
        beside = {name: self._over(tickets.extra.get(name, 0), others) for name in self.variants}
        whole = self._over(tickets.n, others)
        above, below = whole["numerator"], whole["denominator"]
        return Figure(whole["value"], below, above, below, extra={"tickets": tickets.n} | beside)

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        tickets = self.parts["tickets"].figures(scope, group)
        if group is not None and not group.is_time:
            everything = Tally(self.others).figure(scope)
            found = {key: self.made({"tickets": one, "others": everything}) for key, one in tickets.items()}
            return found | {ANY: self.made({"tickets": Figure(None, 0), "others": everything})}
        others = Tally(self.others).figures(scope, group)
        none = Figure(None, 0)
        return {
            key: self.made({"tickets": tickets.get(key, none), "others": others.get(key, none)})
            for key in tickets | others
        }

    def _over(self, tickets: int, others: int) -> dict[str, Any]:
        above, below = (tickets, others) if self.tickets_above else (others, others + tickets)
        return {"value": over(100 * above, below), "numerator": above, "denominator": below}

    def included(self, scope: Scope) -> Rows:
        return self.parts["tickets"].included(scope)

    def excluded(self, scope: Scope) -> Rows:
        return self.parts["tickets"].excluded(scope)


class NoTickets(Measure):
    """A figure that no ticket stands behind."""

    def included(self, scope: Scope) -> Rows:
        nothing = Value(None, output_field=FloatField())
        rows: Rows = TicketFacts.objects.annotate(number=F("pk"), counted_at=F("opened_at"), measured=nothing).none()
        return rows

    def excluded(self, scope: Scope) -> Rows:
        return self.included(scope)

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        if group is None or not group.is_time:
            return {ANY if group else None: self.of_all([scope])[0]}
        parts = [replace(scope, window=part) for part in scope.window.parts(group)]
        return {first_of(part.window.since, group): one for part, one in zip(parts, self.of_all(parts), strict=True)}

    @abstractmethod
    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]: ...


class Nothing(NoTickets):
    """What is not recorded has no value."""

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        return [self.empty for _scope in scopes]


# How many customers were active at each instant, and how many of these bought first since each beginning: an order
# keeps its buyer active until the next one does.
ACTIVE = """
SELECT moment.at, active.buyers, active.new
FROM unnest(%(at)s::timestamptz[], %(active_from)s::timestamptz[], %(begin)s::timestamptz[])
    moment(at, active_from, begin),
LATERAL (
    SELECT count(*) AS buyers, count(*) FILTER (WHERE first{here}_at >= moment.begin) AS new
    FROM metrics_orderfact
    WHERE placed_at < moment.at AND placed_at >= moment.active_from
        AND (next{here}_at IS NULL OR next{here}_at >= moment.at) AND (%(shop)s IS NULL OR shop_id = %(shop)s)
) active
"""


@dataclass(frozen=True)
class Retention(NoTickets):
    """KPIS 4.20. A customer is active for so many days after an order."""

    active_days: int

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        windows = [(one.window.start.astimezone(UTC), one.window.end.astimezone(UTC)) for one in scopes]
        begins = {start: start for start, _end in windows} | {end: start for start, end in windows}
        active = timedelta(days=self.active_days)
        shop = scopes[0].shop
        asked: dict[str, Any] = {"at": [*begins], "begin": [*begins.values()], "shop": shop.pk if shop else None}
        asked |= {"active_from": [one - active for one in begins]}
        with connection.cursor() as cursor:
            cursor.execute(ACTIVE.format(here="_here" if shop else ""), asked)
            counted = {at: (buyers, new) for at, buyers, new in cursor.fetchall()}
        return [self._figure(counted.get(start, (0, 0)), counted.get(end, (0, 0))) for start, end in windows]

    def _figure(self, at_start: tuple[int, int], at_end: tuple[int, int]) -> Figure:
        (start, _), (end, new) = at_start, at_end
        stayed, customers = end - new, {"start": start, "end": end, "new": new}
        return Figure(over(100 * stayed, start), start, stayed, start, extra={"customers": customers})


# Each shop in its own currency, with its own days after the ticket.
HELPED = """
SELECT part.n, own.currency, count(*), sum(bought.paid)
FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY part(since, until, n)
JOIN metrics_orderfact bought ON bought.placed_at >= part.since AND bought.placed_at < part.until
JOIN unnest(%(shops)s::bigint[], %(currencies)s::text[], %(within)s::interval[]) own(shop, currency, within)
    ON own.shop = bought.shop_id AND own.currency = bought.currency
WHERE bought.paid IS NOT NULL AND bought.helped_at >= bought.placed_at - own.within
GROUP BY part.n, own.currency
"""


class Revenue(NoTickets):
    """Orders placed so many days after a colleague helped, net of what was cancelled or refunded. A correlation.

    Currencies are never added: of shops with several there is no value, but `amounts`, one for each.
    """

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        shops = [scopes[0].shop] if scopes[0].shop else list(Shop.objects.order_by("pk"))
        asked: dict[str, Any] = {
            "since": [one.window.start for one in scopes],
            "until": [one.window.end for one in scopes],
            "shops": [shop.pk for shop in shops],
            "currencies": [shop.currency for shop in shops],
            "within": self._within(shops),
        }
        with connection.cursor() as cursor:
            cursor.execute(HELPED, asked)
            found = {(n, currency): (count, total) for n, currency, count, total in cursor.fetchall()}
        none, currencies = (0, Decimal("0.00")), sorted({shop.currency for shop in shops})
        return [
            self._figure({currency: found.get((n, currency), none) for currency in currencies})
            for n in range(1, len(scopes) + 1)
        ]

    def _within(self, shops: list[Shop]) -> list[timedelta]:
        settings = {one.shop_id: one for one in FigureSettings.objects.filter(shop__in=shops)}
        return [timedelta(days=settings.get(shop.pk, FigureSettings()).revenue_days) for shop in shops]

    def _figure(self, told: dict[str, tuple[int, Decimal]]) -> Figure:
        n, amounts = (
            sum(count for count, _total in told.values()),
            {one: str(total) for one, (_n, total) in told.items()},
        )
        if len(amounts) != 1:
            return Figure(None, n, extra={"currency": None, "amounts": amounts})
        ((currency, total),) = amounts.items()
        return Figure(total, n, total, None, extra={"currency": currency})


def root(path: str) -> Coalesce:
    """The customer that a customer has been merged into, in the end, else the customer."""
    above = f"{path}__merged_into__merged_into"
    survivor = Func(F(above), template=SURVIVOR.format("%(expressions)s"), output_field=BigIntegerField())
    last = Case(When(**{f"{above}__isnull": False}, then=survivor))
    return Coalesce(last, f"{path}__merged_into", f"{path}_id", output_field=BigIntegerField())


def settings_of(scope: Scope) -> FigureSettings:
    found = FigureSettings.objects.filter(shop=scope.shop).first() if scope.shop else None
    return found or FigureSettings()
