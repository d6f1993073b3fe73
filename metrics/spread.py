"""All first replies by length, on a logarithmic axis: a mean describes nobody."""

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, IntegerField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from metrics import charts
from metrics.first_replies import Due, FirstReplies, share_met
from metrics.levels import LIVE
from metrics.measures import Figure, Lengths
from metrics.numbers import DAY, HOUR, MINUTE, decimal, words
from metrics.scope import Scope
from tickets.models.sla import Clock

LOW, HIGH, BARS = 10.0, 3.0 * DAY, 48
AXIS = (10, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY)
CUTS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY)
WIDTH, ROW, HEIGHT = 1140.0, 14.0, 200.0  # of the chart, of a mark's words, of the highest bar
Reach = tuple[float, float]
Stood = tuple[float, str, str]  # an upright line: its length, its words, its kind; each on a row of its own


@dataclass(frozen=True, slots=True)
class Row:
    """Of the table behind the chart: replies on live and on other channels up to a length, and the share so far."""

    label: str
    live: str
    other: str
    total: str
    share: str


@dataclass(frozen=True, slots=True)
class Target:
    """The target for the first reply that was in force most often, and how many of all targets were met."""

    seconds: int
    clock: str
    alone: bool
    share: float | None

    @property
    def words(self) -> str:
        told = {"share": words(self.share, "percent"), "target": words(self.seconds, "seconds")}
        if self.clock == Clock.BUSINESS:
            told["target"] = _("%(length)s of opening hours") % {"length": told["target"]}
        if self.alone:
            return _("%(share)s within the target of %(target)s") % told
        return _("%(share)s within target, mostly %(target)s") % told


@dataclass(frozen=True, slots=True)
class Spread:
    chart: charts.Chart
    rows: list[Row]
    lead: str
    live: str
    other: str
    live_target: Target | None
    other_target: Target | None


def spread(first: FirstReplies) -> Spread | None:
    """How often each length occurs; None when there are none."""
    scope, figure = first.scope, first.told.now
    if figure.median is None or figure.mean is None or figure.p90 is None:
        return None
    bounds = _bounds()
    live, other = _counts(first.lengths, scope, bounds)
    told = {"median": words(figure.median, "seconds"), "p90": words(figure.p90, "seconds")}
    lead = _("Half of the customers waited less than %(median)s, one in ten more than %(p90)s.") % told
    soft, hard = (_target([due for due in first.due if (due.channel in LIVE) is live]) for live in (True, False))
    chart = _chart(bounds, live, other, _statistics(figure) + _targets(soft, hard, scope), lead)
    counts = decimal(sum(live), 0), decimal(sum(other), 0)
    return Spread(chart, _rows(bounds, live, other), lead, *counts, soft, hard)


def _target(due: list[Due]) -> Target | None:
    """The one that most were held to, the shorter of two; and what became of all."""
    if not due:
        return None
    counts: Counter[tuple[int, str]] = Counter()
    for one in due:
        counts[one.target, one.clock] += one.count
    target, clock = min(counts, key=lambda kind: (-counts[kind], kind))
    return Target(target, clock, len(counts) == 1, share_met(due))


def _bounds() -> list[int]:
    """Between two bars: each stretch of the axis in parts of about the same width, so that no bar is a splinter."""
    found = []
    for low, high in pairwise(AXIS):
        parts = round(BARS * math.log(high / low) / math.log(HIGH / LOW))
        found += [round(low * (high / low) ** (n / parts)) for n in range(1, parts + 1)]
    return found[:-1]


def _counts(lengths: Lengths, scope: Scope, bounds: list[int]) -> tuple[list[int], list[int]]:
    """How many fall between two bounds, on live and on other channels."""
    edges = Cast(Value([bound * 1_000_000 for bound in bounds]), ArrayField(BigIntegerField()))
    place = Func(F(lengths.column), edges, function="width_bucket", output_field=IntegerField())
    rows = lengths.included(scope).order_by().annotate(place=place).values("place", "channel_kind")
    live, other = [0] * (len(bounds) + 1), [0] * (len(bounds) + 1)
    for row in rows.annotate(count=Count("pk")):
        (live if row["channel_kind"] in LIVE else other)[row["place"]] += row["count"]
    return live, other


def _chart(bounds: list[int], live: list[int], other: list[int], stood: list[Stood], spoken: str) -> charts.Chart:
    """Heights are counts over the width of a bar, so that narrow and wide bars compare."""
    edges = [LOW, *(float(bound) for bound in bounds), HIGH]
    top = 2 + ROW * len(stood)
    bottom = top + HEIGHT
    reach = _reach(edges, [soft + hard for soft, hard in zip(live, other, strict=True)], stood)
    places = [charts.log_place(edge, *reach, WIDTH) for edge in edges]
    widths = [right - left for left, right in pairwise(places)]
    dense = [(soft + hard) / (width or 1) for soft, hard, width in zip(live, other, widths, strict=True)]
    scale = HEIGHT / max(dense)
    bars = [
        charts.Bar(
            left + 1,
            bottom - height * scale,
            width - 2,
            height * scale,
            f"{words(edges[n], 'seconds')} – {words(edges[n + 1], 'seconds')}: {live[n] + other[n]}",
            soft=height * scale * live[n] / max(live[n] + other[n], 1),
        )
        for n, (left, width, height) in enumerate(zip(places, widths, dense, strict=False))
        if height
    ]
    ticks = [
        charts.Tick(charts.log_place(cut, *reach, WIDTH), words(cut, "seconds"))
        for cut in AXIS
        if reach[0] <= cut <= reach[1]
    ]
    marks = [
        charts.Mark(charts.log_place(value, *reach, WIDTH), label, words(value, "seconds"), kind, row)
        for row, (value, label, kind) in enumerate(stood)
    ]
    return charts.Chart(WIDTH, bottom + 24, spoken, bars=bars, labels=ticks, marks=marks, top=top, bottom=bottom)


def _reach(edges: list[float], counts: list[int], stood: list[Stood]) -> Reach:
    """From the last axis label below every length to the first above: an axis without a bar says nothing."""
    held = [n for n, count in enumerate(counts) if count]
    told = [value for value, _label, _kind in stood]
    first, last = min(edges[held[0]], *told), max(edges[held[-1] + 1], *told)
    low = max((cut for cut in AXIS if cut <= first), default=LOW)
    return low, min((cut for cut in AXIS if cut >= last), default=HIGH)


def _statistics(figure: Figure) -> list[Stood]:
    told = ((figure.median, _("median"), "stat"), (figure.mean, _("mean"), "mean"), (figure.p90, _("p90"), "stat"))
    return [(value, label, kind) for value, label, kind in told if value is not None]


def _targets(live: Target | None, other: Target | None, scope: Scope) -> list[Stood]:
    """Those of the clock that the lengths are told in: four open hours have no place on an axis of the calendar."""
    told = ((live, _("target, live")), (other, _("target, other")))
    return [(one.seconds, label, "target") for one, label in told if one and one.clock == scope.clock]


def _rows(bounds: list[int], live: list[int], other: list[int]) -> list[Row]:
    total, so_far, rows, begun = sum(live) + sum(other), 0, [], 0
    for cut in (*CUTS, None):
        end = bounds.index(cut) + 1 if cut else len(live)
        soft, hard = sum(live[begun:end]), sum(other[begun:end])
        so_far, begun = so_far + soft + hard, end
        label = _("less than %(length)s") % {"length": words(cut, "seconds")} if cut else _("longer")
        share = f"{decimal(100 * so_far / total, 1)}\u00a0%"
        rows.append(Row(label, decimal(soft, 0), decimal(hard, 0), decimal(soft + hard, 0), share))
    return rows
