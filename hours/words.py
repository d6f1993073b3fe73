"""Hours as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from django.utils.timezone import now as current
from django.utils.translation import gettext as _

from hours.holidays import holidays_in
from hours.models import Calendar, Hours
from hours.rules import DAYS, Span, clock_text, packed, rules_of

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date on which it is not as every week: why ("Noël", or "" where nobody said), and the hours in words."""

    day: date
    why: str
    hours: str


def week(calendar: Calendar, language: str) -> list[Row]:
    """[("Mon–Fri", "09:00–12:00, 13:30–18:00"), ("Sat", "closed"), ...]: days with equal hours in one row.

    The hours in force now.
    """
    names = get_day_names("abbreviated", locale=language)
    hours = calendar.in_force(current())
    rows: list[Row] = []
    for spans, days in groupby(range(7), key=lambda day: _weekday(hours, day)):
        run = list(days)
        label = names[run[0]] if len(run) == 1 else f"{names[run[0]]}–{names[run[-1]]}"
        rows.append((label[:1].upper() + label[1:], spans))
    return rows


def sentence(calendar: Calendar, language: str) -> str:
    """The open days on one line: "Mon–Fri 09:00–12:00, 13:30–18:00; Sat 10:00–12:00"."""
    parts = [f"{days} {spans}" for days, spans in week(calendar, language) if spans != _("closed")]
    return "; ".join(parts) or _("closed")


def special_days(calendar: Calendar, language: str, *, since: date, until: date) -> list[SpecialDay]:
    """The exceptions, holidays and campaigns from `since` to `until`, both included, of the hours in force now."""
    hours = calendar.in_force(current())
    rules, whys = rules_of(packed(hours)), _whys(hours, language, since, until)
    return [SpecialDay(day, why, spans_in_words(sorted(rules.spans(day)))) for day, why in sorted(whys.items())]


def spans_in_words(spans: Iterable[Span]) -> str:
    """ "09:00–12:00, 22:00–26:00", or that it is closed."""
    return ", ".join(f"{clock_text(opens)}–{clock_text(closes)}" for opens, closes in spans) or _("closed")


def deadline(at: datetime, *, timezone: str, language: str, now: datetime) -> str:
    """When something will have happened, in the shop's time and as near as it is: "today before 16:30",
    "tomorrow before 09:00", "on Monday 3 May before 11:00". In the active language; names of days in `language`."""
    zone = ZoneInfo(timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = format_time(local, "HH:mm", locale=language)
    if local.date() == today:
        return _("today before %(time)s") % {"time": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow before %(time)s") % {"time": clock}
    day = format_date(local.date(), "EEEE d MMMM", locale=language)
    return _("on %(day)s before %(time)s") % {"day": day, "time": clock}


def _weekday(hours: Hours, weekday: int) -> str:
    return ", ".join(f"{opens}–{closes}" for opens, closes in hours.weekly.get(DAYS[weekday], [])) or _("closed")


def _whys(hours: Hours, language: str, since: date, until: date) -> dict[date, str]:
    """Each special date with its reason; what stands later explains more."""
    found: dict[date, str] = {}
    if country := hours.holidays.get("country"):
        part, worked = hours.holidays.get("subdivision", ""), set(hours.holidays.get("worked", []))
        for year in range(since.year, until.year + 1):
            spoken = holidays_in(year, country, part, language)
            named = holidays_in(year, country, part)
            found |= {day: ", ".join(spoken[day]) for day, names in named.items() if not worked.issuperset(names)}
    for one in [*hours.exceptions, *hours.campaigns]:
        day = date.fromisoformat(one["date"])
        found[day] = one.get("why") or found.get(day, "")
    return {day: why for day, why in found.items() if since <= day <= until}
