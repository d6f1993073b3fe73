"""The tickets that customers opened, by their reasons and by the hours of the week: what a page shows, asked once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from metrics.cards import group_of
from metrics.heat import Hour
from metrics.kpis.volume import opened_by_customers
from metrics.measures import Figure, Tally
from metrics.scope import Group, Scope
from metrics.together import Place, aggregated


@dataclass(frozen=True)
class Openings:
    scope: Scope
    before: Scope | None

    @cached_property
    def _found(self) -> dict[Place, Figure]:
        zone = self.scope.window.zone
        hour = (ExtractIsoWeekDay("opened_at", tzinfo=zone), ExtractHour("opened_at", tzinfo=zone))
        by, sets = (Group.REASON, group_of(self.scope), *hour), ((0, 1), (2, 3))
        parts = {("opened_by_customers", ""): Tally(opened_by_customers())}
        (found,) = aggregated(parts, self.scope, self.before, by, sets).values()
        return found

    @property
    def by_hour(self) -> dict[Hour, int]:
        """Those of the scope, as `heat.demand` counts them."""
        rows = self._found.items()
        return {(day - 1, hour): one.n for (now, _reason, _part, day, hour), one in rows if now and day}

    @property
    def by_reason(self) -> tuple[dict[int | None, dict[date, int]], dict[int | None, int]]:
        """Of every day or week of the scope, and of the whole of the one before."""
        now: dict[int | None, dict[date, int]] = defaultdict(dict)
        then: dict[int | None, int] = defaultdict(int)
        for (is_now, reason, part, day, _hour), figure in self._found.items():
            if is_now and not day:
                now[reason][part] = figure.n
            elif not day:
                then[reason] += figure.n
        return now, then
