"""What hours would mean before anybody saves them: the promise and the deadline of an e-mail that arrives then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hours import clock, words
from hours.models import Calendar
from tickets import promises
from tickets.models import Clock

MAIL = "email"


@dataclass(frozen=True, slots=True)
class Told:
    """What an e-mail of some moment would be told: when it is promised for and when it is due, in words."""

    promised: str
    due: str


@dataclass(frozen=True, slots=True)
class Case:
    moment: str
    told: Told


@dataclass(frozen=True, slots=True)
class Preview:
    """`now` by the new hours, `before` by those in force (None when nothing differs); other moments by the new."""

    at: str
    now: Told
    before: Told | None
    cases: list[Case]
    tried: Case | None


class Teller:
    """Tells by some hours what a shop's e-mails of any moment would be told. The lengths are those of today."""

    def __init__(self, calendar: Calendar, at: datetime) -> None:
        self.at, self.zone = at, ZoneInfo(calendar.shop.timezone)
        self.shop = calendar.shop
        policy = promises.plain_policy(self.shop, MAIL, at)
        self.promised = promises.expected(self.shop, MAIL, at).seconds
        self.policy = policy if policy and policy.first_reply else None

    def told(self, calendar: Calendar, at: datetime) -> Told:
        language = get_language() or "en"
        promised = clock.due(calendar, at, self.promised)
        if promised is None:
            return Told(_("never"), _("never"))
        said = words.deadline(promised, timezone=str(self.zone), language=language, now=at)
        return Told(said, self._due(calendar, at))

    def _due(self, calendar: Calendar, at: datetime) -> str:
        if self.policy is None or self.policy.first_reply is None:
            return ""
        if self.policy.clock == Clock.CALENDAR:
            return self.moment(at + timedelta(seconds=self.policy.first_reply), at)
        due = clock.due(calendar, at, self.policy.first_reply)
        return self.moment(due, at) if due else _("never")

    def moment(self, at: datetime, now: datetime) -> str:
        """ "15:42" today, else "Fri 20 Nov, 10:00"."""
        local, language = at.astimezone(self.zone), get_language() or "en"
        time = format_time(local, "HH:mm", locale=language)
        if local.date() == now.astimezone(self.zone).date():
            return time
        return f"{format_date(local.date(), 'EEE d MMM', locale=language)}, {time}"


def preview(variant: Calendar, in_force: Calendar, *, at: datetime, tried: datetime | None) -> Preview:
    """`variant`: the calendar with the new hours, unsaved; `in_force`: as it is stored."""
    teller = Teller(in_force, at)
    now, before = teller.told(variant, at), teller.told(in_force, at)
    return Preview(
        at=teller.moment(at, at - timedelta(days=1)),
        now=now,
        before=before if before != now else None,
        cases=[Case(teller.moment(moment, at), teller.told(variant, moment)) for moment in _moments(at, teller.zone)],
        tried=Case(teller.moment(tried, at), teller.told(variant, tried)) if tried else None,
    )


def _moments(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """This evening, in the night to Saturday, on Sunday afternoon: where hours go wrong most."""
    local = at.astimezone(zone).replace(second=0, microsecond=0)
    evening = local.replace(hour=19, minute=30)
    night = local.replace(hour=1, minute=15) + timedelta(days=(5 - local.weekday()) % 7 or 7)
    sunday = local.replace(hour=15, minute=0) + timedelta(days=(6 - local.weekday()) % 7)
    return sorted(one for one in (evening, night, sunday) if one > local)
