"""Parts of the dashboards that ask why: the matrix of reasons, fixed problems, who comes back, and how fast is good."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from metrics import charts
from metrics.bubbles import HEIGHT, WIDTH, bubbles
from metrics.fixes import Fix, fixes
from metrics.loyalty import HORIZON, LATE, recovery, silent
from metrics.numbers import decimal, money, words
from metrics.plan import plans
from metrics.purchases import currency_of
from metrics.ratios import settings_of
from metrics.scope import Scope
from metrics.turning import LEAST as LEAST_RATINGS
from metrics.turning import Stretch, stretches, turning_point
from metrics.views.asked import Asked
from metrics.worth import LEAST, WEIGHTS, matrix, reply_cost

Panels = dict[str, Any]
WIDE, NARROW = 1140.0, 700.0  # of a whole page, and beside a column
TOP, BOTTOM, LEFT = 30.0, 204.0, 64.0
LABEL = 90.0  # the room of one
STARS = 5


def worth(asked: Asked) -> Panels:
    """The matrix, its four actions and what it assumes."""
    found = matrix(asked.scope)
    kept = settings_of(asked.scope)
    return {
        "matrix": found,
        "bubbles": bubbles(found.placed),
        "frame_width": WIDTH,
        "frame_height": HEIGHT,
        "currency": currency_of(asked.scope),
        "plans": {one.action.value: one for one in plans(found.placed, currency_of(asked.scope))},
        "least": LEAST,
        "weights": WEIGHTS,
        "kept": kept,
        "reply_cost": money(reply_cost(asked.scope), currency_of(asked.scope)),
    }


def fixed(asked: Asked) -> Panels:
    """The problems fixed last, each with the weeks around its fix."""
    return {"fixes": [FixShown(one, weekly(one)) for one in fixes(asked.scope.shop)]}


def loyalty(asked: Asked) -> Panels:
    lost, count, spent = silent(asked.scope)
    return {
        "cohorts": recovery(asked.scope),
        "horizon": HORIZON.days,
        "late": LATE.days,
        "running": asked.scope.window.end + HORIZON > asked.scope.end,
        "lost": [(one, amounts(one.spent)) for one in lost],
        "lost_count": count,
        "lost_spent": amounts(spent),
    }


def amounts(spent: dict[str, Decimal]) -> str:
    """Each currency for itself: what is paid in two is never added."""
    return " + ".join(money(paid, currency) for currency, paid in spent.items()) or "—"


@dataclass(frozen=True, slots=True)
class FixShown:
    fix: Fix
    chart: charts.Chart | None

    @property
    def change(self) -> str:
        return _changed(self.fix.change)

    @property
    def margin(self) -> str:
        if self.fix.margin is None:
            return "—"
        return _("from %(low)s to %(high)s") % {name: decimal(value, 2).replace("-", "−") for name, value in zip(
            ("low", "high"), self.fix.margin, strict=True
        )}  # fmt: skip

    @property
    def saved(self) -> str:
        return money(self.fix.saved, self.fix.problem.shop.currency, digits=0)

    @property
    def others(self) -> str:
        return _changed(self.fix.others)

    @property
    def linked(self) -> bool:
        """Whether the drill-down of the reason lists exactly these contacts."""
        return bool(self.fix.problem.reason_id) and not self.fix.problem.sku


def _changed(percent: float | None) -> str:
    """With its sign; a true minus is as wide as a plus."""
    return "—" if percent is None else f"{percent:+.0f}\u00a0%".replace("-", "−")


def weekly(fix: Fix) -> charts.Chart | None:
    """Contacts for every hundred orders, week by week: fainter before the fix; the means stand as marks."""
    rates = [week.rate for week in fix.weeks]
    top = max((rate for rate in rates if rate is not None), default=0.0)
    if not top:
        return None
    short = pgettext("date format", "j M")
    labels = [date_format(week.monday, short) for week in fix.weeks]
    faint = [week.side != "after" for week in fix.weeks]
    at = next((n for n, week in enumerate(fix.weeks) if week.side == "fix"), None)
    marks = [] if at is None else [_mark(at, len(rates), date_format(fix.fixed_on, short), _("fixed"), NARROW)]
    spoken = _("Contacts for every hundred orders, week by week: %(before)s before the fix, %(after)s after it.")
    told = {"before": words(fix.before.rate, "ratio"), "after": words(fix.after.rate, "ratio")}
    return _columns(rates, labels, faint, top=top, spoken=spoken % told, marks=marks, width=NARROW)


@dataclass(frozen=True, slots=True)
class SpeedRow:
    label: str
    n: int
    mean: str
    best: bool


@dataclass(frozen=True, slots=True)
class SpeedQuality:
    chart: charts.Chart
    rows: list[SpeedRow]
    turning: str  # the stretch beyond which faster is worse; empty without one


def speed_quality(scope: Scope) -> SpeedQuality | None:
    """Satisfaction by the length of the first reply. None without a rating."""
    found = stretches(scope)
    if not any(one.n for one in found):
        return None
    best = turning_point(found)
    labels = [stretch_words(one) for one in found]
    turning = labels[found.index(best)] if best else ""
    marks = [_mark(found.index(best), len(found), turning, _("turning point"))] if best else []
    chart = _columns(
        [one.mean for one in found],
        labels,
        [one.n < LEAST_RATINGS for one in found],
        top=STARS,
        spoken=_("Mean satisfaction by the length of the first reply"),
        marks=marks,
    )
    rows = [
        SpeedRow(label, one.n, decimal(one.mean, 2) if one.mean is not None else "—", one == best)
        for label, one in zip(labels, found, strict=True)
    ]
    return SpeedQuality(chart, rows, turning)


def stretch_words(one: Stretch) -> str:
    """ "1 min to 5 min", "less than 1 min", "longer than 3 d"."""
    if one.high is None:
        return _("longer than %(length)s") % {"length": words(one.low, "seconds")}
    high = words(one.high, "seconds")
    if not one.low:
        return _("less than %(length)s") % {"length": high}
    return _("%(low)s to %(high)s") % {"low": words(one.low, "seconds"), "high": high}


def _columns(
    values: list[float | None],
    labels: list[str],
    faint: list[bool],
    *,
    top: float,
    spoken: str,
    marks: list[charts.Mark],
    width: float = WIDE,
) -> charts.Chart:
    room = (width - LEFT) / len(values)
    step = charts.nice_step(top, seconds=False)
    scale = (BOTTOM - TOP) / max(top, step)
    bars = [
        charts.Bar(
            LEFT + n * room + room * 0.12,
            BOTTOM - value * scale,
            room * 0.76,
            value * scale,
            f"{labels[n]}: {decimal(value, 2)}",
            faint=faint[n],
        )
        for n, value in enumerate(values)
        if value
    ]
    ticks = [charts.Tick(BOTTOM - n * step * scale, decimal(n * step, 1)) for n in range(int(top / step + 1e-9) + 1)]
    every = max(1, round(len(labels) * LABEL / (width - LEFT)))
    named = [charts.Tick(LEFT + (n + 0.5) * room, label) for n, label in enumerate(labels) if n % every == 0]
    return charts.Chart(
        width,
        232.0,
        spoken,
        bars=bars,
        ticks=ticks,
        labels=named,
        marks=marks,
        top=TOP,
        bottom=BOTTOM,
    )


def _mark(place: int, places: int, value: str, label: str, width: float = WIDE) -> charts.Mark:
    return charts.Mark(LEFT + (place + 0.5) * (width - LEFT) / places, label, value, "mean")
