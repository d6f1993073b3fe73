"""Whether a day is unlike its days: pure. Median and median deviation, weekday against weekday (S21, S103)."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

LEAST_DAYS = 8  # with a value, before anything is judged: the first weeks stay silent
LEAST_ALIKE = 2  # of the same weekday
LEAST_N = 5  # answers on the day judged
TIMES = 1.5  # less than half as much again is no news
SPREADS = 3.5  # median deviations, scaled to a normal spread
MEDIAN = math.pi / 2  # the variance of a median, in those of one value
LEAST_SPREAD = 0.1  # of a logarithm: days that never differ are still allowed a tenth


@dataclass(frozen=True, slots=True)
class Day:
    """A day's value and what it rests on; a known promotion, holiday or closing is `special` and never compared."""

    day: date
    value: float | None
    n: int
    special: bool = False


@dataclass(frozen=True, slots=True)
class Deviation:
    """What was expected of that weekday, and the band in which it would have been no news."""

    expected: float
    low: float
    high: float


def rise(history: Sequence[Day], day: Day) -> Deviation | None:
    """The deviation of a length (any positive value) above what its weekday lets expect; None when it is no news.

    Lengths deviate by factors, so that all is measured in logarithms. How far a day strays depends on how many answers
    it rests on; that is pooled over all weekdays, since two Mondays alone say little of their spread. What is expected
    after few such days is itself uncertain.
    """
    alike: dict[int, list[Day]] = defaultdict(list)
    for one in history:
        if one.value and not one.special:
            alike[one.day.weekday()].append(one)
    known = sum(len(days) for days in alike.values())
    own = alike.get(day.day.weekday(), [])
    if day.special or not day.value or day.n < LEAST_N or known < LEAST_DAYS or len(own) < LEAST_ALIKE:
        return None
    strays = [stray for days in alike.values() if len(days) > 1 for stray in _strays(days)]
    spread = 1.4826 * median(strays) * math.sqrt((1 + MEDIAN / len(own)) / day.n)
    margin = max(SPREADS * max(spread, LEAST_SPREAD), math.log(TIMES))
    expected = _middle(own)
    if math.log(day.value) <= expected + margin:
        return None
    return Deviation(math.exp(expected), math.exp(expected - margin), math.exp(expected + margin))


def _middle(days: Sequence[Day]) -> float:
    """The median of their logarithms."""
    return median(math.log(one.value) for one in days if one.value)


def _strays(days: Sequence[Day]) -> list[float]:
    """How far each of some days alike is from their middle, as if it rested on a single answer."""
    middle, few = _middle(days), len(days) / (len(days) - 1)  # the middle of few is drawn towards each of them
    return [abs(math.log(one.value) - middle) * math.sqrt(one.n * few) for one in days if one.value]


def spike(history: Sequence[Day], day: Day) -> Deviation | None:
    """The same of a count: days without any count too, and chance alone (Poisson) is allowed for."""
    usual = [one.n for one in history if not one.special]
    own = [one.n for one in history if not one.special and one.day.weekday() == day.day.weekday()]
    if day.special or day.n < LEAST_N or len(usual) < LEAST_DAYS or len(own) < LEAST_ALIKE:
        return None
    expected = float(max(median(own), median(usual)))
    spread = max(1.4826 * median([abs(n - median(usual)) for n in usual]), math.sqrt(max(expected, 1.0)))
    high = max(expected + SPREADS * spread, 2 * expected)
    return Deviation(expected, max(0.0, expected - SPREADS * spread), high) if day.n > high else None
