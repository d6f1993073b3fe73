"""The one clock: open time between two instants, for SLAs, promises and figures alike.

Instants are aware and exact to the microsecond; so are the answers. `hours.totals` says what "open" means when the
clocks change.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hours import totals
from hours.models import Calendar
from hours.rules import DAYS

__all__ = ["DAYS", "HORIZON", "Interval", "due", "intervals", "is_open", "next_opening", "open_seconds"]

HORIZON = timedelta(days=800)  # nothing is promised further ahead than this
Interval = tuple[datetime, datetime]


def open_seconds(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Seconds that the calendar is open between two instants; 0 when `end` is not after `start`."""
    since, until = totals.micros(start), totals.micros(end)
    return totals.between(totals.key_of(calendar), since, until) / totals.SECOND if until > since else 0.0


def due(calendar: Calendar, start: datetime, seconds: float) -> datetime | None:
    """The instant at which `seconds` of open time have passed since `start`; None when not within HORIZON.

    With 0 seconds: `start` if it is open then, else the next opening.
    """
    left = round(seconds * totals.SECOND)
    if left <= 0:
        return start if is_open(calendar, start) else next_opening(calendar, start)
    key, since = totals.key_of(calendar), totals.micros(start)
    n, limit = since // totals.BLOCK, since + totals.micros(totals.EPOCH + HORIZON)
    left += totals.block(key, n).until(since)
    while left > (block := totals.block(key, n)).total:
        left, n = left - block.total, n + 1
        if n * totals.BLOCK > limit:
            return None
    at = block.reached(left)
    return totals.instant(at) if at <= limit else None


def is_open(calendar: Calendar, at: datetime) -> bool:
    since = totals.micros(at)
    return totals.block(totals.key_of(calendar), since // totals.BLOCK).is_open(since)


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The next instant at which a closed calendar opens; None when it is open now or not again within HORIZON."""
    opens, _closes = next(intervals(calendar, at), (at, at))
    return opens if opens > at else None


def intervals(calendar: Calendar, since: datetime) -> Iterator[Interval]:
    """Open intervals that end after `since`, in UTC, in order, apart from each other, cut at HORIZON."""
    start = totals.micros(since)
    end = totals.micros(since + HORIZON)
    for opens, closes in totals.stretches(totals.key_of(calendar), start, end):
        yield totals.instant(opens), totals.instant(min(closes, end))
