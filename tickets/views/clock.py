"""Times as agents read them: short words, and how much of a wait is spent."""

from datetime import datetime, timedelta, tzinfo
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


def due(due_at: datetime | None, since: datetime | None, state: str, now: datetime) -> Due:
    """How a wait stands: late, how long still, paused while others are at work, or nothing left to answer."""
    if due_at is not None:
        return running(due_at, since or due_at, now)
    if since is not None:
        return Due("calm", moment(since, now))
    if state in ("pending", "on_hold"):
        return Due("paused", _("paused"))
    if state in ("solved", "closed"):
        return Due("kept", _("solved"))
    return Due("kept", _("answered"))


def running(due_at: datetime, since: datetime, now: datetime) -> Due:
    """A deadline that runs since then: how much of it is spent, how long still, or how late."""
    left, language = due_at - now, get_language()
    if left < timedelta(0):
        return Due("late", span(-left), spoken=_said(language, gettext_noop("late by")))
    spent = 1 - left / max(due_at - since, left, timedelta(seconds=1))
    eighths = min(7, max(0, round(spent * 8)))
    if left < SOON:
        return Due("now" if left < NOW else "soon", span(left), eighths, _said(language, gettext_noop("due in")))
    if _same_day(timezone.get_current_timezone(), due_at, _quarter(now)):
        return Due("ok", span(left), eighths, _said(language, gettext_noop("due in")))
    return Due("calm", moment(due_at, now), eighths, _said(language, gettext_noop("due")))


@cache
def _said(language: str | None, words: str) -> str:
    """The words of every row: looking them up 50 times was a twelfth of the list's work."""
    return _(words)


def span(length: timedelta) -> str:
    """A length of time in at most two units: 48 s, 24 min, 1 h 12, 3 days."""
    seconds = int(length.total_seconds())
    return _span(get_language(), seconds if seconds < 60 else seconds // 60 * 60)


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


def moment(at: datetime, now: datetime) -> str:
    """An instant, as short as it stays clear: 14:05, Thu 09:58, 17 Nov, 17 Nov 2025."""
    return _moment(get_language(), timezone.get_current_timezone(), at, _quarter(now))


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
    return date_format(timezone.localtime(at), "l j F Y, H:i")


def day(at: datetime) -> str:
    """The day that a divider of the thread names."""
    local = timezone.localtime(at)
    return date_format(local, "l j F" if local.year == timezone.localtime().year else "l j F Y")


@lru_cache(maxsize=4096)
def _same_day(zone: tzinfo, one: datetime, other: datetime) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _quarter(now: datetime) -> datetime:
    """The quarter of an hour, so that results can be kept: midnight lies at the beginning of one in every zone."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
