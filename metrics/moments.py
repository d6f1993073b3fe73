"""Figures of a moment rather than of a period: what was open, and who had waited longest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, Exists, F, Max, Min, OuterRef, Q, Value

from accounts.models import Shop
from hours import clock
from hours.models import Calendar
from metrics.measures import Figure, Key, Measure, seconds
from metrics.models import OpenSpan, WaitFact
from metrics.populations import Population, Rows, children
from metrics.scope import Group, Scope
from metrics.windows import first_of
from tickets.models.sla import Clock

OPENED = children(OpenSpan, "started_at", agent="facts__assignee")
ENDED = children(OpenSpan, "ended_at", agent="facts__assignee")


def running(model: type[OpenSpan] | type[WaitFact], at: datetime) -> Q:
    """Rows that had begun before an instant and had not ended before it."""
    return Q(started_at__lt=at) & (Q(ended_at=None) | Q(ended_at__gte=at))


class Backlog(Measure):
    """Tickets neither solved nor closed at the end of the window. A day's is the day before's, plus what was opened
    and reopened, less what was solved and closed: counted once for the first day and carried on from there."""

    @property
    def empty(self) -> Figure:
        return _count(0)

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        if group is None or not group.is_time:
            rows = self._open(scope, scope.window.end)
            if group is None:
                return {None: _count(rows.count())}
            keys = OPENED.by(group, scope, rows).annotate(n=Count("*"))
            return {row["grouped_by"]: _count(row["n"]) for row in keys}
        began, ended = (_by_key(population, scope, group) for population in (OPENED, ENDED))
        total, found = self._open(scope, scope.window.start).count(), {}
        for part in scope.window.parts(group):
            key = first_of(part.since, group)
            total += began.get(key, 0) - ended.get(key, 0)
            found[key] = _count(total)
        return found

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        ends = [scope.window.end for scope in scopes]
        begun = OPENED.counted(scopes[0], dated=False).filter(started_at__lt=max(ends))
        each = {f"n{n}": Count("pk", filter=running(OpenSpan, end)) for n, end in enumerate(ends)}
        halves = (begun.filter(ended_at=None), begun.filter(ended_at__gte=min(ends)))  # each off its index alone
        found = [half.aggregate(**each) for half in halves]
        return [_count(sum(half[name] for half in found)) for name in each]

    def included(self, scope: Scope) -> Rows:
        return _told(self._open(scope, scope.window.end))

    def excluded(self, scope: Scope) -> Rows:
        rows = OPENED.narrowed(scope, dated=False).filter(running(OpenSpan, scope.window.end))
        return _told(rows.exclude(facts__excluded="").annotate(left_out_as=F("facts__excluded")))

    def _open(self, scope: Scope, at: datetime) -> Rows:
        return OPENED.counted(scope, dated=False).filter(running(OpenSpan, at))


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest wait, in the clock asked for."""

    ticket: int
    us: int
    answered: bool


# Of waits that run on, the oldest on a ticket that is unsolved then: of each shop, which has a clock of its own. Each
# half is read off an index; those that nobody has answered yet from the oldest on, until a ticket is unsolved.
STILL = """
SELECT DISTINCT ON (n, shop_id) n, facts_id, started_at, shop_id
FROM unnest(%s::timestamptz[]) WITH ORDINALITY moment(at, n), unnest(%s::bigint[]) house(shop), LATERAL (
    (SELECT * FROM ({ended}) wait WHERE ended_at >= at AND {unsolved} ORDER BY started_at, facts_id LIMIT 1)
    UNION ALL
    (SELECT * FROM ({running}) wait WHERE {unsolved} ORDER BY started_at, facts_id LIMIT 1)
) oldest
ORDER BY n, shop_id, started_at, facts_id
"""
UNSOLVED = """shop_id = shop AND started_at < at AND (
    SELECT true FROM metrics_openspan span
    WHERE span.facts_id = wait.facts_id AND span.started_at < at AND (span.ended_at IS NULL OR span.ended_at >= at)
    LIMIT 1
)"""


class LongestWait(Measure):
    """The longest of the waits that ended in the window and of those that were still unanswered at its end."""

    answered = children(WaitFact, "ended_at")
    waiting = children(WaitFact, "started_at", agent="facts__assignee")

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        return self._grouped(scope, group) if group else {None: self.of_all([scope])[0]}

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        return [self._figure(longest) for longest in self._longest(scopes)]

    def included(self, scope: Scope) -> Rows:
        """The one wait."""
        (longest,) = self._longest([scope])
        rows, us = WaitFact.objects.none(), None
        if longest is not None:
            us = longest.us
            same = self.answered.counted(scope).filter(**{scope.column("wait"): us})
            of_ticket = (same if longest.answered else self.still(scope)).filter(facts=longest.ticket)
            rows = WaitFact.objects.filter(pk__in=of_ticket.order_by("started_at", "pk").values("pk")[:1])
        measured = Value(us, output_field=BigIntegerField())
        return rows.annotate(number=F("facts_id"), counted_at=F("started_at"), measured=measured)

    def excluded(self, scope: Scope) -> Rows:
        rows = self.answered.excluded(scope)
        told: Rows = rows.annotate(number=F("facts_id"), measured=F(scope.column("wait")))
        return told

    def _figure(self, longest: Longest | None) -> Figure:
        if longest is None:
            return self.empty
        value, extra = seconds(longest.us), {"ticket": longest.ticket, "answered": longest.answered}
        return Figure(value, 1, max=value, extra=extra)

    def _longest(self, scopes: Sequence[Scope]) -> list[Longest | None]:
        found = [self._ended(scope) for scope in scopes]
        for n, ticket, since, shop in self._still_at([scope.end for scope in scopes], scopes[0]):
            if (us := elapsed(since, scopes[n - 1], shop)) is not None:
                found[n - 1].append(Longest(ticket, us, False))
        return [max(waits, key=lambda one: one.us, default=None) for waits in found]

    def _ended(self, scope: Scope) -> list[Longest]:
        """The longest, if any; asks for nothing that the index on the ends does not hold."""
        column = scope.column("wait")
        ended = self.answered.counted(scope).filter(**{f"{column}__isnull": False}).order_by(f"-{column}", "facts")
        return [Longest(ticket, us, True) for ticket, us in ended.values_list("facts", column)[:1]]

    def _grouped(self, scope: Scope, group: Group) -> dict[Key, Figure]:
        ended = self.answered.by(group, scope, self.answered.counted(scope))
        found: dict[Key, int | None] = dict(
            ended.annotate(us=Max(scope.column("wait"))).values_list("grouped_by", "us")
        )
        for key, us in self._still_by(scope, group):
            found[key] = max((one for one in (found.get(key), us) if one is not None), default=None)
        return {key: Figure(seconds(us), 1, max=seconds(us)) for key, us in found.items() if us is not None}

    def _still_by(self, scope: Scope, group: Group) -> Iterator[tuple[Key, int | None]]:
        """How long those unanswered at the end had waited: at the end of every day, or of every channel."""
        if group.is_time:
            parts = [replace(scope, window=part) for part in scope.window.parts(group)]
            for n, _ticket, since, shop in self._still_at([part.end for part in parts], scope):
                yield first_of(parts[n - 1].window.since, group), elapsed(since, parts[n - 1], shop)
            return
        still = self.waiting.by(group, scope, self.still(scope)).annotate(since=Min("started_at"))
        for key, since, shop in still.values_list("grouped_by", "since", "shop"):
            yield key, elapsed(since, scope, shop)

    def _still_at(self, moments: list[datetime], scope: Scope) -> list[tuple[int, int, datetime, int]]:
        """Of each of these instants: its place, the ticket of the longest of `still`, when it began, in which shop."""
        begun = self.waiting.counted(scope, dated=False).filter(started_at__lt=max(moments)).order_by()
        waits = begun.values("facts_id", "shop_id", "started_at", "ended_at")
        (ended, of_ended), (running, of_running) = (
            waits.filter(condition).query.sql_with_params()
            for condition in (Q(ended_at__gte=min(moments)), Q(ended_at=None))
        )
        shops = [scope.shop.pk] if scope.shop else list(Shop.objects.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            sql = STILL.format(ended=ended, running=running, unsolved=UNSOLVED)
            cursor.execute(sql, [moments, shops, *of_ended, *of_running])
            return list(cursor.fetchall())

    def still(self, scope: Scope) -> Rows:
        """Waits that nobody had answered at the end, on tickets that were then unsolved."""
        unsolved = OpenSpan.objects.filter(running(OpenSpan, scope.end), facts=OuterRef("facts"))
        rows = self.waiting.counted(scope, dated=False).filter(running(WaitFact, scope.end))
        return rows.filter(Exists(unsolved))


def elapsed(since: datetime, scope: Scope, shop: int) -> int | None:
    """Microseconds of the clock asked for, from then to the window's end; None where the shop has no hours."""
    if scope.clock == Clock.CALENDAR:
        return round((scope.end - since).total_seconds() * 1_000_000)
    calendar = Calendar.objects.filter(shop=shop, default=True).first()
    return round(clock.open_seconds(calendar, since, scope.end) * 1_000_000) if calendar else None


def _count(n: int) -> Figure:
    return Figure(n, n)


def _by_key(population: Population, scope: Scope, group: Group) -> dict[Any, int]:
    rows = population.by(group, scope, population.counted(scope)).annotate(n=Count("*"))
    return dict(rows.values_list("grouped_by", "n"))


def _told(rows: Rows) -> Rows:
    nothing = Value(None, output_field=BigIntegerField())
    told: Rows = rows.annotate(number=F("facts_id"), counted_at=F("started_at"), measured=nothing)
    return told
