"""The stretches of days that a dashboard offers, and what each is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from metrics.windows import DAY, Window

YEAR = timedelta(days=364)  # whole weeks, so that weekdays meet weekdays


class Period(StrEnum):
    TODAY = "today"
    WEEK = "7d"
    FOUR_WEEKS = "28d"
    MONTH = "month"
    QUARTER = "quarter"
    CUSTOM = "custom"


class Against(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    NOTHING = "none"


PERIODS: dict[Period, Any] = {
    Period.TODAY: _("Today"),
    Period.WEEK: _("7 days"),
    Period.FOUR_WEEKS: _("28 days"),
    Period.MONTH: _("This month"),
    Period.QUARTER: _("This quarter"),
}
AGAINST: dict[Against, Any] = {
    Against.PREVIOUS: _("the days before"),
    Against.YEAR: _("the year before"),
    Against.NOTHING: _("nothing"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """The days shown and those they are compared with; an unfinished day is never compared (None)."""

    window: Window
    before: Window | None


def in_words(window: Window) -> str:
    """ "22 Oct – 18 Nov 2026": both days included."""
    last, whole = window.until - DAY, pgettext("date format", "j M Y")
    if last == window.since:
        return date_format(last, whole)
    first = pgettext("date format", "j M") if last.year == window.since.year else whole
    return f"{date_format(window.since, first)} – {date_format(last, whole)}"


def span(period: Period, against: Against, today: date, zone: ZoneInfo, chosen: Window | None = None) -> Span:
    """Periods end with the last complete day, but for today itself and the first day of a month or quarter."""
    window = chosen if period == Period.CUSTOM and chosen else Window(*_days(period, today), zone)
    if window.until > today or against == Against.NOTHING:
        return Span(window, None)
    if against == Against.YEAR:
        return Span(window, Window(window.since - YEAR, window.until - YEAR, zone))
    return Span(window, window.previous())


def _days(period: Period, today: date) -> tuple[date, date]:
    if period == Period.TODAY:
        return today, today + DAY
    if period in (Period.MONTH, Period.QUARTER):
        month = today.month if period == Period.MONTH else 3 * ((today.month - 1) // 3) + 1
        since = today.replace(month=month, day=1)
        return since, max(today, since + DAY)
    return today - timedelta(days=7 if period == Period.WEEK else 28), today
