"""Speed against satisfaction: faster is better until it is too fast (S104). The turning point is where that begins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Case, Count, IntegerField, Value, Variance, When

from metrics.kpis import KPIS
from metrics.numbers import DAY, HOUR, MINUTE
from metrics.scope import Scope
from surveys.models import Kind, Survey

EDGES = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR, DAY, 3 * DAY)
LEAST = 5  # ratings below which a stretch says nothing: ours
SURE = 1.96  # standard errors: 95 % confidence


@dataclass(frozen=True, slots=True)
class Stretch:
    """First replies from `low` up to `high` seconds (None: without end), and how they were rated."""

    low: float
    high: float | None
    n: int
    mean: float | None
    variance: float = 0.0


def turning_point(stretches: Sequence[Stretch]) -> Stretch | None:
    """The best rated stretch, if what is faster than it is rated worse beyond chance; else None: faster is better."""
    known = [one for one in stretches if one.n >= LEAST and one.mean is not None]
    if not known:
        return None
    best = max(known, key=lambda one: (one.mean or 0.0, -one.low))
    faster = [one for one in known if one.low < best.low]
    return best if faster and _worse(_pooled(faster), best) else None


def stretches(scope: Scope) -> list[Stretch]:
    """The satisfaction of the window's ratings by the length of their ticket's first reply: one statement."""
    column = scope.column("first_reply")
    path = f"ticket__facts__{column}"
    cases = [When(**{f"{path}__lt": int(edge * 1_000_000)}, then=Value(n)) for n, edge in enumerate(EDGES)]
    place = Case(*cases, default=Value(len(EDGES)), output_field=IntegerField())
    tickets = KPIS["first_response_time"].measure(scope).included(scope)
    rated = Survey.objects.filter(kind=Kind.CSAT, ticket__facts__in=tickets.values("pk")).answered()
    rows = rated.filter(**{f"{path}__isnull": False}).order_by().annotate(place=place).values("place")
    told = rows.annotate(n=Count("pk"), mean=Avg("score"), spread=Variance("score"))
    found = {row["place"]: (row["n"], row["mean"], row["spread"]) for row in told}
    bounds = zip((0.0, *EDGES), (*EDGES, None), strict=True)
    return [Stretch(low, high, *found.get(n, (0, None))) for n, (low, high) in enumerate(bounds)]


def _pooled(some: Sequence[Stretch]) -> Stretch:
    """Several stretches as one."""
    n = sum(one.n for one in some)
    mean = sum(one.n * (one.mean or 0.0) for one in some) / n
    inner = sum(one.n * (one.variance + ((one.mean or 0.0) - mean) ** 2) for one in some)
    return Stretch(some[0].low, some[-1].high, n, mean, inner / n)


def _worse(one: Stretch, other: Stretch) -> bool:
    assert one.mean is not None and other.mean is not None
    return other.mean - one.mean > SURE * math.sqrt(one.variance / one.n + other.variance / other.n)
