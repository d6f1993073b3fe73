"""Working backwards through opening hours: when did a wait begin that ends then?"""

from datetime import datetime, timedelta
from itertools import takewhile

from hours import clock
from hours.models import Calendar

LOOK_BACK = timedelta(days=30)


def open_before(calendar: Calendar, end: datetime, seconds: float) -> datetime:
    """The latest instant from which `seconds` of open time pass until `end`."""
    left = timedelta(seconds=seconds)
    for opens, closes in reversed(_intervals_until(calendar, end)):
        available = min(closes, end) - opens
        if left <= available:
            return min(closes, end) - left
        left -= available
    return end - LOOK_BACK


def open_at(calendar: Calendar, at: datetime, seconds: float) -> datetime:
    """The instant `seconds` of open time after `at`, or before it when negative."""
    if seconds < 0:
        return open_before(calendar, at, -seconds)
    return clock.due(calendar, at, seconds) or at


def _intervals_until(calendar: Calendar, end: datetime) -> list[clock.Interval]:
    return list(takewhile(lambda span: span[0] < end, clock.intervals(calendar, end - LOOK_BACK)))
