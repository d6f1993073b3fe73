"""All first replies by length, on a logarithmic axis: a mean describes nobody."""

import math
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Func, IntegerField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from metrics import charts
from metrics.levels import LIVE
from metrics.measures import Figure, Lengths
from metrics.numbers import DAY, HOUR, MINUTE, decimal, words
from metrics.scope import Scope

LOW, HIGH, BARS = 10.0, 3.0 * DAY, 48
AXIS = (10, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY)
CUTS = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY)
WIDTH, TOP, BOTTOM = 1140.0, 44.0, 244.0
Reach = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """Of the table behind the chart: replies on live and on other channels up to a length, and the share so far."""

    label: str
    live: str
    other: str
    total: str
    share: str


@dataclass(frozen=True, slots=True)
class Spread:
    chart: charts.Chart
    rows: list[Row]
    lead: str
    live: str
    other: str


def spread(lengths: Lengths, scope: Scope, figure: Figure) -> Spread | None:
    """How often each length occurs. `figure` is of the same lengths; None when there are none."""
    if figure.median is None or figure.mean is None or figure.p90 is None:
        return None
    bounds = _bounds()
    live, other = _counts(lengths, scope, bounds)
    told = {"median": words(figure.median, "seconds"), "p90": words(figure.p90, "seconds")}
    lead = _("Half of the customers waited less than %(median)s, one in ten more than %(p90)s.") % told
    chart = _chart(bounds, live, other, figure, lead)
    return Spread(chart, _rows(bounds, live, other), lead, decimal(sum(live), 0), decimal(sum(other), 0))


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


def _chart(bounds: list[int], live: list[int], other: list[int], figure: Figure, spoken: str) -> charts.Chart:
    """Heights are counts over the width of a bar, so that narrow and wide bars compare."""
    edges = [LOW, *(float(bound) for bound in bounds), HIGH]
    reach = _reach(edges, [soft + hard for soft, hard in zip(live, other, strict=True)], figure)
    places = [charts.log_place(edge, *reach, WIDTH) for edge in edges]
    widths = [right - left for left, right in pairwise(places)]
    dense = [(soft + hard) / (width or 1) for soft, hard, width in zip(live, other, widths, strict=True)]
    scale = (BOTTOM - TOP) / max(dense)
    bars = [
        charts.Bar(
            left + 1,
            BOTTOM - height * scale,
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
    return charts.Chart(
        WIDTH, BOTTOM + 24, spoken, bars=bars, labels=ticks, marks=_marks(figure, reach), top=TOP, bottom=BOTTOM
    )


def _reach(edges: list[float], counts: list[int], figure: Figure) -> Reach:
    """From the last axis label below every length to the first above: an axis without a bar says nothing."""
    held = [n for n, count in enumerate(counts) if count]
    told = [value for value in (figure.median, figure.mean, figure.p90) if value is not None]
    first, last = min(edges[held[0]], *told), max(edges[held[-1] + 1], *told)
    low = max((cut for cut in AXIS if cut <= first), default=LOW)
    return low, min((cut for cut in AXIS if cut >= last), default=HIGH)


def _marks(figure: Figure, reach: Reach) -> list[charts.Mark]:
    """The statistics, each on a row of its own so that words never meet."""
    told = ((figure.median, _("median"), "stat"), (figure.mean, _("mean"), "mean"), (figure.p90, _("p90"), "stat"))
    return [
        charts.Mark(charts.log_place(value, *reach, WIDTH), label, words(value, "seconds"), kind, row)
        for row, (value, label, kind) in enumerate(told)
        if value is not None
    ]


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
