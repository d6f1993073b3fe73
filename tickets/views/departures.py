"""When a reply could leave later: times that suit the shop's hours."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hours import clock
from hours.models import Calendar

MORNING = 9


class Departure(NamedTuple):
    label: str
    words: str  # the time itself
    at: str  # ISO


def departures(calendar: Calendar | None, now: datetime) -> list[Departure]:
    """In an hour, when the shop opens tomorrow or later, when it opens on Monday; each time once."""
    local = timezone.localtime(now)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight + timedelta(days=-midnight.weekday() % 7)

    def morning(day: datetime) -> datetime:
        opens = clock.next_opening(calendar, day) if calendar else None
        return timezone.localtime(opens) if opens else day.replace(hour=MORNING)

    wanted = [
        (_("In an hour"), (local + timedelta(hours=1)).replace(second=0, microsecond=0)),
        (_("Tomorrow morning"), morning(midnight)),
        (_("Monday morning"), morning(monday)),
    ]
    if wanted[1][1].date() != midnight.date():
        wanted[1] = (_("When the shop opens again"), wanted[1][1])
    found = {
        at: Departure(label, date_format(at, pgettext("date format", "D j M, H:i")), at.isoformat())
        for label, at in reversed(wanted)
    }
    return [found[at] for at in sorted(found)]
