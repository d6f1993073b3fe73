"""Times as agents read them: short words, and how much of a wait is spent."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop, pgettext
from django.utils.translation import gettext as _

SOON = timedelta(hours=1)
NOW = timedelta(minutes=15)


class Due(NamedTuple):
    """A deadline ready to show: see the `due` component."""

    tone: str
    words: str
    eighths: int = 0
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """How times read now, for this reader: language and zone are looked up once for all rows of a list."""

    now: datetime
    language: str | None = field(default_factory=get_language)
    zone: tzinfo = field(default_factory=timezone.get_current_timezone)

    def due(self, due_at: datetime | None, since: datetime | None, state: str) -> Due:
        """How a wait stands: late, how long still, paused while others are at work, or nothing left to answer."""
        if due_at is not None:
            return self.running(due_at, since or due_at)
        if since is not None:
            return Due("calm", self.moment(since))
        if state in ("pending", "on_hold"):
            return Due("paused", _said(self.language, gettext_noop("paused")))
        if state in ("solved", "closed"):
            return Due("kept", _said(self.language, gettext_noop("solved")))
        return Due("kept", _said(self.language, gettext_noop("answered")))

    def running(self, due_at: datetime, since: datetime) -> Due:
        """A deadline that runs since then: how much of it is spent, how long still, or how late."""
        left = due_at - self.now
        if left < timedelta(0):
            return Due("late", self.span(-left), spoken=_said(self.language, gettext_noop("late by")))
        spent = 1 - left / max(due_at - since, left, timedelta(seconds=1))
        eighths = min(7, max(0, round(spent * 8)))
        if left < SOON:
            tone = "now" if left < NOW else "soon"
            return Due(tone, self.span(left), eighths, _said(self.language, gettext_noop("due in")))
        if _same_day(self.zone, due_at, _quarter(self.now)):
            return Due("ok", self.span(left), eighths, _said(self.language, gettext_noop("due in")))
        return Due("calm", self.moment(due_at), eighths, _said(self.language, gettext_noop("due")))

    def span(self, length: timedelta) -> str:
        return span(length, self.language)

    def moment(self, at: datetime) -> str:
        """An instant, as short as it stays clear: 14:05, Thu 09:58, 17 Nov, 17 Nov 2025."""
        return _moment(self.language, self.zone, at, _quarter(self.now))

    def exact(self, at: datetime) -> str:
        """An instant in full, for the tooltip."""
        return _formatted(self.language, at.astimezone(self.zone).replace(tzinfo=None), "l j F Y, H:i")


def span(length: timedelta, language: str | None = None) -> str:
    """A length of time in at most two units: 48 s, 24 min, 1 h 12, 3 days."""
    seconds = int(length.total_seconds())
    return _span(language or get_language(), seconds if seconds < 60 else seconds // 60 * 60)


def moment(at: datetime, now: datetime) -> str:
    """An instant, as in `Times.moment`."""
    return Times(now).moment(at)


@cache
def _said(language: str | None, words: str) -> str:
    """The words of every row: looking them up 50 times was a twelfth of the list's work."""
    return _(words)


@lru_cache(maxsize=4096)
def _span(language: str | None, seconds: int) -> str:
    if seconds < 60:
        return pgettext("time span", "%(seconds)d s") % {"seconds": seconds}
    if seconds < 3600:
        return pgettext("time span", "%(minutes)d min") % {"minutes": seconds // 60}
    if seconds < 86_400:
        hours, minutes = divmod(seconds // 60, 60)
        parts = {"hours": hours, "minutes": minutes}
        return (
            pgettext("time span", "%(hours)d h %(minutes)02d") % parts
            if minutes
            else (pgettext("time span", "%(hours)d h") % parts)
        )
    return pgettext("time span", "%(days)d d") % {"days": seconds // 86_400}


@lru_cache(maxsize=4096)
def _moment(language: str | None, zone: tzinfo, at: datetime, now: datetime) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = abs((local.date() - today).days)
    if days == 0:
        return date_format(local, "H:i")
    if days < 7:
        return date_format(local, pgettext("date format", "D H:i"))
    if local.year == today.year:
        return date_format(local, pgettext("date format", "j M"))
    return date_format(local, pgettext("date format", "j M Y"))


def exact(at: datetime) -> str:
    """An instant in full, for the tooltip."""
    return _formatted(get_language(), timezone.localtime(at).replace(tzinfo=None), "l j F Y, H:i")


def day(at: datetime) -> str:
    """The day that a divider of the thread names."""
    local = timezone.localtime(at)
    form = "l j F" if local.year == timezone.localtime().year else "l j F Y"
    return _formatted(get_language(), local.date(), form)


@lru_cache(maxsize=4096)
def _formatted(language: str | None, local: date, form: str) -> str:
    """`local` knows no zone: an instant is the same in all of them, its words are not."""
    return date_format(local, form)


@lru_cache(maxsize=4096)
def _same_day(zone: tzinfo, one: datetime, other: datetime) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _quarter(now: datetime) -> datetime:
    """The quarter of an hour, so that results can be kept: midnight lies at the beginning of one in every zone."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
