"""Hours as people read them."""

from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_day_names
from django.utils.translation import gettext as _

from hours.clock import DAYS
from hours.models import Calendar

Row = tuple[str, str]


def week(calendar: Calendar, language: str) -> list[Row]:
    """[("Mon–Fri", "09:00–12:00, 13:30–18:00"), ("Sat", "closed"), ...]: days with equal hours in one row."""
    names = get_day_names("abbreviated", locale=language)
    rows: list[Row] = []
    for spans, days in groupby(range(7), key=lambda day: _spans(calendar, day)):
        run = list(days)
        label = names[run[0]] if len(run) == 1 else f"{names[run[0]]}–{names[run[-1]]}"
        rows.append((label[:1].upper() + label[1:], spans))
    return rows


def sentence(calendar: Calendar, language: str) -> str:
    """The open days on one line: "Mon–Fri 09:00–12:00, 13:30–18:00; Sat 10:00–12:00"."""
    parts = [f"{days} {spans}" for days, spans in week(calendar, language) if spans != _("closed")]
    return "; ".join(parts) or _("closed")


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


def _spans(calendar: Calendar, weekday: int) -> str:
    spans = calendar.weekly.get(DAYS[weekday], [])
    return ", ".join(f"{opens}–{closes}" for opens, closes in spans) or _("closed")
