"""Geometry of charts, drawn on the server: paths and places in the units of a view box; templates make them SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Points = Sequence[float | None]
SPARK = (200.0, 46.0)


@dataclass(frozen=True, slots=True)
class Spark:
    """A line for the eye only, beside its figure: `now`, `before` on the same scale, and where it ends."""

    now: str
    before: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across (`at`) with its label."""

    at: float
    label: str

    @property
    def above(self) -> float:
        """Where words stand on the line."""
        return self.at - 5


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    title: str
    soft: float = 0.0  # the part of the height that is tinted, from below
    faint: bool = False

    @property
    def soft_y(self) -> float:
        return self.y + self.height - self.soft


@dataclass(frozen=True, slots=True)
class Mark:
    """A statistic or a note: an upright line with words."""

    x: float
    label: str
    value: str
    kind: str = "stat"
    row: int = 0

    @property
    def y(self) -> float:
        """Each on a row of its own, so that words never meet."""
        return 2.0 + 14 * self.row

    @property
    def text_y(self) -> float:
        return self.y + 10

    @property
    def anchor(self) -> str:
        return "end" if self.x > 900 else "start"

    @property
    def text_x(self) -> float:
        return self.x - 6 if self.x > 900 else self.x + 6


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that templates/metrics/charts/bars.html draws; `spoken` says it in words."""

    width: float
    height: float
    spoken: str
    bars: list[Bar] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    labels: list[Tick] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    line: str = ""
    level: Tick | None = None
    top: float = 0.0
    bottom: float = 0.0


def spark(
    now: Points, before: Points = (), size: tuple[float, float] = SPARK, reach: tuple[float, float] | None = None
) -> Spark:
    """Both lines on one scale, their own or that of `reach`; a day without a value is passed over, it is no zero."""
    width, height = size
    known = [value for value in (*now, *before) if value is not None]
    if not known:
        return Spark("")
    low, high = reach or (min(known), max(known))
    now_at, before_at = (_places(points, width, height, low, high) for points in (now, before))
    seen, seen_before = ([place for place in places if place is not None] for places in (now_at, before_at))
    return Spark(path(seen), path(seen_before), f"M{seen[-1][0]:.1f} {seen[-1][1]:.1f}h0" if seen else "")


def path(places: Sequence[tuple[float, float] | None]) -> str:
    """An SVG path through the places, lifted over the gaps; a place between two gaps becomes a point."""
    drawn, pen = [], False
    for place in places:
        if place is not None:
            drawn.append(f"{'L' if pen else 'M'}{place[0]:.1f} {place[1]:.1f}" + ("" if pen else "h0"))
        pen = place is not None
    return "".join(drawn)


def nice_step(top: float, *, seconds: bool, most: int = 5) -> float:
    """A round distance between axis lines, so that at most `most` of them reach `top`."""
    if seconds:
        steps = [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
        found = next((step for step in steps if top / step <= most), None)
        if found:
            return found
        return 86_400 * nice_step(top / 86_400, seconds=False, most=most)
    power = 10.0 ** math.floor(math.log10(top / most)) if top > 0 else 1.0
    return next(power * n for n in (1, 2, 5, 10) if top / (power * n) <= most)


def log_place(value: float, low: float, high: float, width: float) -> float:
    """Where a length stands on a logarithmic axis of `width`."""
    held = min(max(value, low), high)
    return width * math.log(held / low) / math.log(high / low)


def _places(points: Points, width: float, height: float, low: float, high: float) -> list[tuple[float, float] | None]:
    """Where each point stands: 4 units of air above and below; a flat line lies in the middle."""
    step = width / max(len(points) - 1, 1)
    scale = (height - 8) / (high - low) if high > low else 0.0
    middle = height / 2
    return [
        None if value is None else (n * step, height - 4 - (value - low) * scale if scale else middle)
        for n, value in enumerate(points)
    ]
