"""Stretches of a shop's days, and the groups that a figure may be split into."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From the first moment of `since` to the first of `until`, exclusive, by the shop's own clock."""

    since: date
    until: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return midnight(self.since, self.zone)

    @property
    def end(self) -> datetime:
        return midnight(self.until, self.zone)

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    def has(self, weekday: int) -> int:
        """How many Mondays (0) to Sundays (6) there are in it."""
        weeks, more = divmod(self.days, 7)
        return weeks + ((weekday - self.since.weekday()) % 7 < more)

    def previous(self) -> "Window":
        """As many days, right before."""
        return Window(self.since - (self.until - self.since), self.since, self.zone)

    def parts(self, by: str) -> Iterator["Window"]:
        """The days, weeks (from Monday) or months of it; the first and the last may be cut."""
        begin = self.since
        while begin < self.until:
            end = min(_next(begin, by), self.until)
            yield Window(begin, end, self.zone)
            begin = end


def first_of(day: date, by: str) -> date:
    """The first day of the day, week or month in which `day` lies."""
    if by == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if by == "month" else day


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _next(day: date, by: str) -> date:
    if by == "month":
        return (day.replace(day=28) + 4 * DAY).replace(day=1)
    return first_of(day, by) + (7 * DAY if by == "week" else DAY)
