"""The week drawn as bars: where each interval begins and how long it is, in percent of a day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.forms import BoundField
from django.utils.translation import gettext as _

from hours.models import Hours
from hours.rules import DAYS, Span, minutes_of
from tickets.views.settings.hours_form import HoursForm

DAY = 24 * 60
TICKS = tuple((hour, f"{hour / 24 * 100:g}%") for hour in (0, 6, 9, 12, 15, 18, 21, 24))


@dataclass(frozen=True, slots=True)
class Bar:
    """kind: "open", "night" (passes midnight), "extra" (a campaign of this week) or "bad"."""

    kind: str
    x: str
    width: str


@dataclass
class DayRow:
    key: str
    bound: BoundField
    spoken: str
    suggestion: str
    is_today: bool
    now: str = ""
    bars: list[Bar] = field(default_factory=list)


def rows(form: HoursForm, variant: Hours, now: datetime) -> list[DayRow]:
    """Seven days; what cannot be read yet is drawn where it would turn back."""
    local = now.astimezone(ZoneInfo(variant.timezone))
    found = []
    for key, bound, reading in form.days():
        today = DAYS[local.weekday()] == key
        hours = bound.value() if isinstance(bound.value(), str) and bound.value() else _("closed")
        spoken = _("%(name)s: %(words)s") % {"name": bound.label, "words": hours}
        row = DayRow(key, bound, spoken, form.suggestion(key), today)
        row.now = percent(local.hour * 60 + local.minute) if today else ""
        row.bars = [one for span in reading.spans for one in bars(_minutes(span))]
        if reading.turned:
            low, high = sorted(reading.turned)
            row.bars.append(Bar("bad", percent(low), percent(max(high - low, 15))))
        found.append(row)
    for n, (_key, _bound, reading) in enumerate(form.days()):
        for span in reading.spans:
            found[(n + 1) % 7].bars += tails(_minutes(span))
    _campaigns(found, variant, local)
    return found


def bars(span: Span) -> list[Bar]:
    """An interval on the day on which it begins."""
    opens, closes = span
    if opens >= DAY:
        return []
    kind = "night" if closes > DAY else "open"
    return [Bar(kind, percent(opens), percent(min(closes, DAY) - opens))]


def tails(span: Span) -> list[Bar]:
    """What of an interval lies on the day after."""
    opens, closes = max(span[0] - DAY, 0), min(span[1] - DAY, DAY)
    return [Bar("night", percent(opens), percent(closes - opens))] if closes > opens else []


def percent(minutes: int) -> str:
    return f"{minutes / DAY * 100:.2f}%"


def weekly_minutes(form: HoursForm) -> int:
    """Open minutes of a week as it stands, overlaps counted once within a day."""
    total = 0
    for _key, _bound, reading in form.days():
        end = 0
        for opens, closes in sorted(_minutes(span) for span in reading.spans):
            total += max(0, closes - max(opens, end))
            end = max(end, closes)
    return total


def _campaigns(found: list[DayRow], variant: Hours, local: datetime) -> None:
    monday = local.date() - timedelta(days=local.weekday())
    dates = {(monday + timedelta(days=n)).isoformat(): n for n in range(7)}
    for one in variant.campaigns:
        if one["date"] in dates:
            span = minutes_of(one["from"]), minutes_of(one["until"])
            found[dates[one["date"]]].bars += [Bar("extra", bar.x, bar.width) for bar in bars(span)]


def _minutes(span: list[str]) -> Span:
    return minutes_of(span[0]), minutes_of(span[1])
