"""The days of one figure as bars, with the period before as a line, the whole period as a level, holidays marked."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hours.models import Calendar
from hours.words import SpecialDay, special_days
from metrics import charts
from metrics.cards import Card, group_of, number, starts
from metrics.measures import Figure
from metrics.numbers import words
from metrics.scope import Scope
from metrics.windows import DAY

WIDTH, HEIGHT = 1140.0, 240.0
LEFT, TOP, BOTTOM = 64.0, 16.0, 204.0
SUMS = ("count", "money")  # of the whole period on another scale than its days
ROWS, ROW = 3, 14.0  # of words above the bars, where days are marked
Special = list[tuple[int, SpecialDay]]


@dataclass(frozen=True, slots=True)
class DayRow:
    """Of the table behind the chart."""

    label: str
    value: str
    n: int
    before: str


@dataclass(frozen=True, slots=True)
class Daily:
    chart: charts.Chart | None
    rows: list[DayRow]


def daily(card: Card, scope: Scope) -> Daily:
    """Bars from zero, weekends fainter. Without a single value no chart, but the table all the same."""
    days = starts(scope, group_of(scope))
    unit = card.kpi.unit
    labels = [date_format(day, pgettext("date format", "D j M")) for day in days]
    before = [*card.days_before, *([Figure(None, 0)] * len(days))]
    rows = [
        DayRow(label, words(now.value, unit), now.n, words(then.value, unit))
        for label, now, then in zip(labels, card.days, before, strict=False)
    ]
    values = [number(one) for one in card.days]
    old = [number(one) for one in before[: len(days)]]
    top = max((value for value in (*values, *old) if value is not None), default=0.0)
    if top <= 0 or min((value for value in values if value is not None), default=0.0) < 0:
        return Daily(None, rows)
    faint = [day.weekday() > 4 and len(days) == scope.window.days for day in days]
    return Daily(_drawn(card, values, old, labels, faint, special=_special(scope, days)), rows)


def _special(scope: Scope, days: list[date]) -> Special:
    """Holidays, exceptions and campaigns of the shop among the days shown, each with its place; of a row the first."""
    calendar = Calendar.objects.filter(shop=scope.shop, default=True).first() if scope.shop else None
    if calendar is None or len(days) != scope.window.days:
        return []
    found = special_days(calendar, get_language() or "en", since=days[0], until=days[-1])
    known = {one.day: one for one in found}
    begun = [one for one in found if getattr(known.get(one.day - DAY), "why", None) != one.why]
    return [((one.day - days[0]).days, one) for one in begun]


def _drawn(
    card: Card,
    values: list[float | None],
    old: list[float | None],
    labels: list[str],
    faint: list[bool],
    *,
    special: Special,
) -> charts.Chart:
    unit = card.kpi.unit
    whole = None if unit in SUMS else number(card.figure)
    top = max(value for value in (*values, *old, whole) if value is not None)
    step = charts.nice_step(top, seconds=unit == "seconds")
    above = TOP + ROW * min(len(special), ROWS)
    scale = (BOTTOM - above) / max(top, step)
    room = (WIDTH - LEFT) / len(values)
    bars = [
        charts.Bar(
            LEFT + n * room + min(room * 0.08, 2),
            BOTTOM - value * scale,
            room - 2 * min(room * 0.08, 2),
            value * scale,
            f"{labels[n]}: {words(value, unit)}",
            faint=faint[n],
        )
        for n, value in enumerate(values)
        if value
    ]
    line = charts.path(
        [None if v is None else (LEFT + (n + 0.5) * room, BOTTOM - v * scale) for n, v in enumerate(old)]
    )
    ticks = [
        charts.Tick(BOTTOM - n * step * scale, words(n * step, unit) if n else "0")
        for n in range(int(top / step + 1e-9) + 1)
    ]
    marks = [
        charts.Mark(
            LEFT + (place + 0.5) * room, ", ".join(filter(None, (one.why, one.hours))), labels[place], "mean", n % ROWS
        )
        for n, (place, one) in enumerate(special)
    ]
    every = max(1, round(len(labels) / 5))
    named = [charts.Tick(LEFT + (n + 0.5) * room, label) for n, label in enumerate(labels) if n % every == 0]
    level = charts.Tick(BOTTOM - whole * scale, card.words) if whole is not None else None
    spoken = _("%(figure)s day by day: %(value)s in all") % {"figure": card.kpi.label, "value": card.words}
    return charts.Chart(
        WIDTH,
        HEIGHT,
        spoken,
        bars=bars,
        ticks=ticks,
        labels=named,
        line=line,
        level=level,
        marks=marks,
        top=above,
        bottom=BOTTOM,
    )
