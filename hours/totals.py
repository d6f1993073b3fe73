"""Open intervals with running totals, in blocks of a year that are made when asked for and kept in the process.

Open time until an instant is `before(i) + t - opens(i)` of the interval i that holds it, so that open time between two
instants is a difference of two binary searches. Everything is whole microseconds since 1970, UTC.

A place is open at an instant when the wall clock of its zone then shows a time within its hours: a time that the spring
jump skips is never shown, one that the autumn repeats counts both times.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from hours.models import Calendar
from hours.rules import packed, rules_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
BLOCK = 364 * DAY
Stretch = tuple[int, int]
Key = tuple[tuple[tuple[int, bytes], ...], bytes]  # earlier hours with their ends, the newest


@dataclass(frozen=True, slots=True)
class Block:
    """The open intervals within one block, apart from each other: `opens`, `closes`, and open time until each end."""

    opens: list[int]
    closes: list[int]
    after: list[int]

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def until(self, at: int) -> int:
        """Open time from the block's beginning."""
        i = bisect_right(self.opens, at) - 1
        return self.after[i] - max(0, self.closes[i] - at) if i >= 0 else 0

    def is_open(self, at: int) -> bool:
        i = bisect_right(self.opens, at) - 1
        return i >= 0 and at < self.closes[i]

    def reached(self, total: int) -> int:
        """The instant at which this much open time has passed, 0 < total <= self.total."""
        i = bisect_left(self.after, total)
        return self.closes[i] - (self.after[i] - total)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def key_of(calendar: Calendar) -> Key:
    """What the open time of a calendar depends on. Reads earlier hours once a process, if there are any."""
    return (_earlier(calendar.pk, calendar.stamp) if calendar.stamp else ()), packed(calendar)


def between(key: Key, start: int, end: int) -> int:
    """Open time from `start` to `end` >= `start`."""
    first, last = start // BLOCK, end // BLOCK
    opening = block(key, first)
    if first == last:
        return opening.until(end) - opening.until(start)
    whole = sum(block(key, n).total for n in range(first, last))
    return whole + block(key, last).until(end) - opening.until(start)


def stretches(key: Key, start: int, end: int) -> Iterator[Stretch]:
    """The open intervals that end after `start` and begin before `end`, apart from each other."""
    current: Stretch | None = None
    for n in range((start - 2 * DAY) // BLOCK, (end - 1) // BLOCK + 1):  # a night may have begun in the block before
        for opens, closes in zip(block(key, n).opens, block(key, n).closes, strict=True):
            if current is not None and opens == current[1]:
                current = (current[0], closes)
                continue
            if current is not None and current[1] > start and current[0] < end:
                yield current
            current = (opens, closes)
    if current is not None and current[1] > start and current[0] < end:
        yield current


@lru_cache(maxsize=1024)
def block(key: Key, n: int) -> Block:
    """The n-th block since 1970."""
    earlier, newest = key
    found: list[Stretch] = []
    start, last = n * BLOCK, (n + 1) * BLOCK
    for until, terms in [*earlier, (last, newest)]:
        end = min(until, last)
        if start < end:
            found += _of_rules(terms, start, end)
            start = end
    merged = _merged(found)
    opens, closes = [one[0] for one in merged], [one[1] for one in merged]
    return Block(opens, closes, list(accumulate(closed - opened for opened, closed in merged)))


def _of_rules(terms: bytes, start: int, end: int) -> Iterator[Stretch]:
    rules = rules_of(terms)
    for since, until, offset in _offsets(rules.zone, start, end):
        for day in range((since + offset) // DAY - 2, (until + offset) // DAY + 1):
            midnight = day * DAY - offset
            for opens, closes in rules.spans(date.fromordinal(EPOCH_DAY + day)):
                opened, closed = max(since, midnight + opens * MINUTE), min(until, midnight + closes * MINUTE)
                if opened < closed:
                    yield opened, closed


def _offsets(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(since, until, offset from UTC) for each time between two changes of the clock, from `start` to `end`."""
    since, offset = start, _offset(zone, start)
    for seen in [*range(start + DAY, end, DAY), end]:
        if (later := _offset(zone, seen)) != offset:
            change = _change(zone, max(since, seen - DAY), seen, offset)
            yield since, change, offset
            since, offset = change, later
    if since < end:
        yield since, end, offset


def _change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The first whole second in (before, after] at which the zone's offset is no longer `offset`."""
    low, high = before // SECOND, -(-after // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle * SECOND) == offset else (low, middle)
    return high * SECOND


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at // SECOND, zone).utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def _merged(found: list[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for opens, closes in sorted(found):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return merged


@lru_cache(maxsize=256)
def _earlier(calendar_id: int, stamp: object) -> tuple[tuple[int, bytes], ...]:
    rows = Calendar(pk=calendar_id).earlier.all()
    return tuple((micros(row.until), packed(row)) for row in rows)
