"""Figures of a moment rather than of a period: what was open, and who had waited longest."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, Exists, F, Max, Min, OuterRef, Q, Value

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

    empty = Figure(0, 0)

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        if group is None or not group.is_time:
            rows = self._open(scope, scope.end)
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

    def included(self, scope: Scope) -> Rows:
        return _told(self._open(scope, scope.end))

    def excluded(self, scope: Scope) -> Rows:
        rows = OPENED.narrowed(scope, dated=False).filter(running(OpenSpan, scope.end))
        return _told(rows.exclude(facts__excluded="").annotate(left_out_as=F("facts__excluded")))

    def _open(self, scope: Scope, at: datetime) -> Rows:
        return OPENED.counted(scope, dated=False).filter(running(OpenSpan, at))


class LongestWait(Measure):
    """The longest of the waits that ended in the window and of those that were still unanswered at its end."""

    answered = children(WaitFact, "ended_at")
    waiting = children(WaitFact, "started_at", agent="facts__assignee")

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        if group is not None and group.is_time:
            parts = {first_of(part.since, group): replace(scope, window=part) for part in scope.window.parts(group)}
            return {key: self.figure(part) for key, part in parts.items()}
        if group is None:
            found = {None: self._longest(scope, self.included(scope))}
            return {key: figure for key, figure in found.items() if figure is not None}
        return self._grouped(scope, group)

    def included(self, scope: Scope) -> Rows:
        """The one wait."""
        ended = self.answered.counted(scope).order_by("-" + scope.column("wait"), "pk").values("pk")[:1]
        still = self.still(scope).order_by("started_at", "pk").values("pk")[:1]
        rows = WaitFact.objects.filter(pk__in=[row["pk"] for row in (*ended, *still)])
        longest = max(rows, key=lambda row: self._us(row, scope), default=None)
        rows = WaitFact.objects.filter(pk=longest.pk) if longest else WaitFact.objects.none()
        us = Value(self._us(longest, scope) if longest else None, output_field=BigIntegerField())
        return rows.annotate(number=F("facts_id"), counted_at=F("started_at"), measured=us)

    def excluded(self, scope: Scope) -> Rows:
        rows = self.answered.excluded(scope)
        told: Rows = rows.annotate(number=F("facts_id"), counted_at=F("ended_at"), measured=F(scope.column("wait")))
        return told

    def _longest(self, scope: Scope, rows: Rows) -> Figure | None:
        row = rows.first()
        if row is None or row.measured is None:
            return None
        value = seconds(row.measured)
        answered = row.ended_at is not None and row.ended_at < scope.end
        return Figure(value, 1, max=value, extra={"ticket": row.number, "answered": answered})

    def _grouped(self, scope: Scope, group: Group) -> dict[Key, Figure]:
        ended = self.answered.by(group, scope, self.answered.counted(scope))
        found: dict[Key, int | None] = dict(
            ended.annotate(us=Max(scope.column("wait"))).values_list("grouped_by", "us")
        )
        still = self.waiting.by(group, scope, self.still(scope)).annotate(since=Min("started_at"))
        for key, since, shop in still.values_list("grouped_by", "since", "facts__shop"):
            found[key] = max(found.get(key) or 0, elapsed(since, scope, shop))
        return {key: Figure(seconds(us), 1, max=seconds(us)) for key, us in found.items() if us is not None}

    def still(self, scope: Scope) -> Rows:
        """Waits that nobody had answered at the end, on tickets that were then unsolved."""
        unsolved = OpenSpan.objects.filter(running(OpenSpan, scope.end), facts=OuterRef("facts"))
        rows = self.waiting.counted(scope, dated=False).filter(running(WaitFact, scope.end))
        return rows.filter(Exists(unsolved))

    def _us(self, row: WaitFact, scope: Scope) -> int:
        if row.ended_at is not None and row.ended_at < scope.end:
            us: int | None = getattr(row, scope.column("wait"))
            return us or 0
        return elapsed(row.started_at, scope, row.facts.shop_id)


def elapsed(since: datetime, scope: Scope, shop: int) -> int:
    """Microseconds of the clock asked for, from then to the window's end."""
    if scope.clock == Clock.CALENDAR:
        return round((scope.end - since).total_seconds() * 1_000_000)
    calendar = Calendar.objects.filter(shop=shop, default=True).first()
    return round(clock.open_seconds(calendar, since, scope.end) * 1_000_000) if calendar else 0


def _count(n: int) -> Figure:
    return Figure(n, n)


def _by_key(population: Population, scope: Scope, group: Group) -> dict[Any, int]:
    rows = population.by(group, scope, population.counted(scope)).annotate(n=Count("*"))
    return dict(rows.values_list("grouped_by", "n"))


def _told(rows: Rows) -> Rows:
    nothing = Value(None, output_field=BigIntegerField())
    told: Rows = rows.annotate(number=F("facts_id"), counted_at=F("started_at"), measured=nothing)
    return told
