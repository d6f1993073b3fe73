"""The one clock: open time between two instants, for SLAs, promises and figures alike.

Intervals are computed in UTC from local wall-clock hours, so a night in which the clock changes has its true length.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hours.models import Calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = timedelta(days=800)  # nothing is promised further ahead than this
Interval = tuple[datetime, datetime]


def open_seconds(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Seconds that the calendar is open between two instants; 0 when `end` is not after `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # equal zones would subtract wall clocks
    total = timedelta()
    for opens, closes in intervals(calendar, start):
        if opens >= end:
            break
        total += max(timedelta(), min(closes, end) - max(opens, start))
    return round(total.total_seconds())


def due(calendar: Calendar, start: datetime, seconds: float) -> datetime | None:
    """The instant at which `seconds` of open time have passed since `start`; None when that never comes."""
    start, left = start.astimezone(UTC), timedelta(seconds=seconds)
    for opens, closes in intervals(calendar, start):
        available = closes - max(opens, start)
        if left <= available:
            return max(opens, start) + left
        left -= max(available, timedelta())
    return None


def is_open(calendar: Calendar, at: datetime) -> bool:
    opens, closes = next(intervals(calendar, at), (at + HORIZON, at))
    return opens <= at < closes


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The next instant at which a closed calendar opens; None when it is open now or never opens again."""
    opens, _closes = next(intervals(calendar, at), (at, at))
    return opens if opens > at else None


def intervals(calendar: Calendar, since: datetime) -> Iterator[Interval]:
    """Open intervals that end after `since`, in UTC, in order, merged where they touch, up to HORIZON."""
    current: Interval | None = None
    for opens, closes in _spans(calendar, since):
        if current is not None and opens <= current[1]:
            current = (current[0], max(current[1], closes))
            continue
        if current is not None and current[1] > since:
            yield current
        current = (opens, closes)
    if current is not None and current[1] > since:
        yield current


def hours_of(calendar: Calendar, day: date) -> list[tuple[str, str]]:
    """The wall-clock intervals that begin on this date: the exception's if there is one, else the weekday's."""
    for exception in calendar.exceptions:
        if exception["date"] == day.isoformat():
            return [(opens, closes) for opens, closes in exception["open"]]
    return [(opens, closes) for opens, closes in calendar.weekly.get(DAYS[day.weekday()], [])]


def _spans(calendar: Calendar, since: datetime) -> Iterator[Interval]:
    """Every interval in order of its opening, as written: they may touch or overlap."""
    zone = ZoneInfo(calendar.timezone)
    first = since.astimezone(zone).date() - timedelta(days=2)  # the tail of a night that began before
    ahead: list[Interval] = []  # of a day's hours, those that begin after midnight wait for the next day's
    for day in (first + timedelta(days=n) for n in range(HORIZON.days)):
        ahead += [
            (_instant(day, opens, zone), _instant(day, closes, zone)) for opens, closes in hours_of(calendar, day)
        ]
        ahead.sort()
        midnight = _instant(day, "24:00", zone)
        yield from (span for span in ahead if span[0] < midnight and span[1] > span[0])
        ahead = [span for span in ahead if span[0] >= midnight]


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hours, minutes = (int(part) for part in clock.split(":"))
    extra, hours = divmod(hours, 24)  # "26:00" is 02:00 of the next day
    local = datetime.combine(day + timedelta(days=extra), time(hours, minutes), zone)
    return local.astimezone(UTC)
