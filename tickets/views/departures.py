"""When a reply could leave later: times that suit the shop's hours."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hours import clock
from hours.models import Calendar

MORNING = 9


class Departure(NamedTuple):
    label: str
    words: str  # the time itself
    at: str  # ISO


def departures(calendar: Calendar | None, now: datetime) -> tuple[Departure, ...]:
    """In an hour, when the shop opens tomorrow or later, when it opens on Monday; each time once."""
    local = timezone.localtime(now)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight + timedelta(days=-midnight.weekday() % 7)

    def morning(day: datetime) -> datetime:
        opens = clock.next_opening(calendar, day) if calendar else None
        return timezone.localtime(opens) if opens else day.replace(hour=MORNING)

    soon, tomorrow = (local + timedelta(hours=1)).replace(second=0, microsecond=0), morning(midnight)
    reopens = tomorrow.date() != midnight.date()
    return _named(get_language(), timezone.get_current_timezone(), (soon, tomorrow, morning(monday)), reopens)


@lru_cache(maxsize=256)  # the same for everybody within a minute
def _named(language: str | None, zone: tzinfo, times: tuple[datetime, ...], reopens: bool) -> tuple[Departure, ...]:
    tomorrow = _("When the shop opens again") if reopens else _("Tomorrow morning")
    wanted = zip((_("In an hour"), tomorrow, _("Monday morning")), times, strict=True)
    found = {
        at: Departure(label, date_format(at.astimezone(zone), pgettext("date format", "D j M, H:i")), at.isoformat())
        for label, at in reversed([*wanted])
    }
    return tuple(found[at] for at in sorted(found))
