"""Open time in bulk: the running totals of `hours.totals` travel in the query, so there is no table to keep fresh.

Two binary searches per row inside PostgreSQL: research measured this form ten times faster than joining a table of
intervals. The function `hours_open_seconds` is made by a migration.
"""

from datetime import UTC, datetime
from itertools import accumulate, chain

from django.db.models import F, FloatField, Func
from django.db.models.expressions import Combinable, RawSQL
from django.utils import timezone

from hours import totals
from hours.clock import HORIZON
from hours.models import Calendar

SINCE = datetime(2010, 1, 1, tzinfo=UTC)


def open_seconds(
    start: str | Combinable,
    end: str | Combinable,
    calendar: Calendar,
    *,
    since: datetime = SINCE,
    until: datetime | None = None,
) -> Func:
    """The expression for `clock.open_seconds(calendar, start, end)` of two timestamp columns or expressions.

    Exact to the microsecond. NULL where an instant is not within [since, until); `until` is by default the clock's
    HORIZON from now. `Ticket.objects.annotate(open=open_seconds("opened_at", "solved_at", calendar))`
    """
    edges, lines = arrays(calendar, since, until or timezone.now() + HORIZON)
    start, end = (F(one) if isinstance(one, str) else one for one in (start, end))
    known = RawSQL("%s::float8[]", [edges]), RawSQL("%s::point[]", [lines])
    return Func(start, end, *known, function="hours_open_seconds", output_field=FloatField())


def arrays(calendar: Calendar, since: datetime, until: datetime) -> tuple[list[float], list[str]]:
    """Edges [since, opens, closes, opens, ..., until] in seconds, and for the n edges passed: the line (x, y) on which
    F(t) = x + y * t, y being 1 while open, else 0. x is NaN before the first and from the last edge on."""
    start, end = totals.micros(since), totals.micros(until)
    found = totals.stretches(totals.key_of(calendar), start, end)
    spans = [(max(opens, start), min(closes, end)) for opens, closes in found]
    after = [0, *accumulate(closes - opens for opens, closes in spans)]
    pairs = ((after[n] - opens, after[n + 1]) for n, (opens, _closes) in enumerate(spans))
    edges = [start, *chain.from_iterable(spans), end]
    lines = [f"({x / totals.SECOND!r},{n % 2})" for n, x in enumerate([0, *chain.from_iterable(pairs)])]
    return [one / totals.SECOND for one in edges], ["(NaN,0)", *lines, "(NaN,0)"]
