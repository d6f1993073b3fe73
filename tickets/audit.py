"""What we announce against what we do, place by place: "immediate" over ten minutes is a needless lie (S80)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from babel.dates import format_timedelta
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app.models import Channel, ChannelKind
from hours import words
from tickets.calendars import Timer, calendar_for
from tickets.models import Promise
from tickets.promises import RECENT, expected, percentile
from tickets.timelines import recent_waits

# Words of time in an announcement, and the seconds that they claim; the first that is found counts.
CLAIMS = [
    (
        re.compile(r"imm[ée]diat|instantan|instant|right away|straight away|tout de suite|temps réel|real.?time", re.I),
        60,
    ),
    (re.compile(r"quelques minutes|few minutes|within minutes", re.I), 300),
    (re.compile(r"dans l.heure|within the hour|within an hour|une heure\b", re.I), 3600),
    (re.compile(r"quelques heures|few hours", re.I), 4 * 3600),
    (re.compile(r"dans la journ[ée]e|same day|jour m[êe]me|today", re.I), 86_400),
]
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "j": 86_400}
AMOUNT = re.compile(
    r"(\d{1,3})\s*(secondes?|seconds?|s\b|minutes?|min\b|heures?|hours?|h\b|jours?|days?|d\b|j\b)", re.I
)
TEXTS = {"greeting": Promise.Place.WIDGET, "announcement": Promise.Place.CONTACT_PAGE}  # of a channel's configuration


@dataclass(frozen=True, slots=True)
class Announcement:
    """One promise in words with the reality behind it, in seconds; None where there is nothing to measure.

    tone: "bad" when the usual customer waits longer than announced, "warn" when one in five does, "good", "" unknown.
    """

    shop: Shop
    place: str
    channel: str
    text: str
    claim: float
    median: float | None
    average: float | None
    p80: float | None
    waits: int
    tone: str


def announcements(at: datetime) -> list[Announcement]:
    """Everything that the shops tell customers at this moment about reply times."""
    return [one for shop in Shop.objects.all() for one in _of_shop(shop, at)]


def voicemail_greetings(at: datetime) -> list[tuple[Shop, str]]:
    """What each shop with a telephone can record as its greeting, in its language: the reply time told everywhere."""
    phones = Channel.objects.filter(enabled=True, kind__in=[ChannelKind.VOICEMAIL, ChannelKind.VOICE])
    return [(one.shop, _greeting(one, at)) for one in phones.select_related("shop").order_by("shop__name", "pk")]


def _greeting(channel: Channel, at: datetime) -> str:
    shop = channel.shop
    calendar = calendar_for(shop, channel=channel)
    seconds = expected(shop, channel.kind, at, channel=channel).seconds
    with translation.override(shop.default_language):
        length = format_timedelta(timedelta(seconds=seconds), threshold=2, locale=shop.default_language)
        told = _("within %(length)s of our opening hours") if calendar else _("within %(length)s")
        hours = (
            _("We are here %(hours)s.") % {"hours": words.sentence(calendar, shop.default_language)} if calendar else ""
        )
        hello = _("Hello, you have reached %(shop)s.") % {"shop": shop.name}
        leave = _("Leave your number and your question: we answer %(told)s.") % {"told": told % {"length": length}}
        return " ".join(part for part in (hello, hours, leave) if part)


def claim_of(text: str) -> int | None:
    """The seconds that an announcement claims ("réponse immédiate": 60); None when it names no time."""
    if found := AMOUNT.search(text):
        return int(found[1]) * UNITS[found[2][0].lower()]
    return next((seconds for words, seconds in CLAIMS if words.search(text)), None)


def tone_of(claim: float, average: float | None, p80: float | None) -> str:
    if average is None or p80 is None:
        return ""
    return "bad" if average > claim else "warn" if p80 > claim else "good"


def _of_shop(shop: Shop, at: datetime) -> Iterator[Announcement]:
    for channel in shop.channels.filter(enabled=True).order_by("kind", "name"):
        kind, timer = ChannelKind(channel.kind), Timer(calendar_for(shop, channel=channel))
        spans = recent_waits(shop.pk, kind, since=at - RECENT, until=at)
        always = [(end - start).total_seconds() for start, end in spans]
        for place, text, claim in _texts(channel):
            yield _weighed(shop, kind, place, always, text=text, claim=claim)
        told = expected(shop, kind, at, channel=channel)
        measured = [timer.elapsed(start, end) for start, end in spans]
        place = str(Promise.Place.ACKNOWLEDGEMENT.label)
        yield _weighed(shop, kind, place, measured, text=told.words, claim=told.seconds)


def _texts(channel: Channel) -> Iterator[tuple[str, str, int]]:
    for name, place in TEXTS.items():
        text = str(channel.config.get(name) or "")
        spoken = channel.kind == ChannelKind.VOICEMAIL
        if (claim := claim_of(text)) is not None:
            yield str((Promise.Place.VOICEMAIL if spoken else place).label), text, claim


def _weighed(
    shop: Shop, kind: ChannelKind, place: str, lengths: list[float], *, text: str, claim: float
) -> Announcement:
    median = percentile(lengths, 0.5) if lengths else None
    p80 = percentile(lengths, 0.8) if lengths else None
    average = mean(lengths) if lengths else None
    tone = tone_of(claim, average, p80)
    return Announcement(shop, place, str(kind.label), text, claim, median, average, p80, len(lengths), tone)
