"""What some hours say of one date, in their own wall clock."""

import marshal
from collections import defaultdict
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from hours.holidays import is_closed
from hours.models import Hours, Terms

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[int, int]  # minutes after the midnight with which the date begins, up to 48 hours


class Rules:
    """One version's terms, ready to be asked for any date."""

    def __init__(self, terms: Terms) -> None:
        timezone, weekly, exceptions, holidays, campaigns = terms
        self.zone = ZoneInfo(timezone)
        self._weekly = [[_span(*span) for span in weekly.get(day, [])] for day in DAYS]
        self._exceptions = {
            date.fromisoformat(one["date"]): [_span(*span) for span in one["open"]] for one in reversed(exceptions)
        }
        self._country: str = holidays.get("country", "")
        self._subdivision: str = holidays.get("subdivision", "")
        self._worked = frozenset(holidays.get("worked", []))
        self._campaigns: dict[date, list[Span]] = defaultdict(list)
        for one in campaigns:
            self._campaigns[date.fromisoformat(one["date"])].append(_span(one["from"], one["until"]))

    def spans(self, day: date) -> list[Span]:
        """The intervals that begin on this date, as written: they may overlap."""
        return [*self._ordinary(day), *self._campaigns.get(day, ())]

    def is_holiday(self, day: date) -> bool:
        """Whether a public holiday closes this date, unless an exception says otherwise."""
        return bool(self._country) and is_closed(day, self._country, self._subdivision, self._worked)

    def _ordinary(self, day: date) -> list[Span]:
        if day in self._exceptions:
            return self._exceptions[day]
        return [] if self.is_holiday(day) else self._weekly[day.weekday()]


def packed(hours: Hours) -> bytes:
    """The terms as one value that can be compared and hashed quickly, at every question: rows may change in memory."""
    return marshal.dumps(hours.terms, 2)  # from version 3 on, equal terms need not give equal bytes


@lru_cache(maxsize=256)
def rules_of(terms: bytes) -> Rules:
    """The rules of `packed` terms."""
    return Rules(marshal.loads(terms))  # noqa: S302 - our own bytes


def clock_text(minutes: int) -> str:
    """1530 is "25:30"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _span(opens: str, closes: str) -> Span:
    return minutes_of(opens), minutes_of(closes)


def minutes_of(clock: str) -> int:
    """ "25:30" is 1530."""
    return int(clock[:2]) * 60 + int(clock[3:])
