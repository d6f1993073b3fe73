"""The shapes that figures take: a mean length, a share, a count. Each answers for a window or for its groups.

Lengths are stored as whole microseconds and summed as such, so that a mean is one exact division.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DecimalField,
    Expression,
    F,
    FloatField,
    Func,
    Max,
    Q,
    Sum,
    Value,
    When,
)

from metrics.populations import Population, Rows
from metrics.scope import Group, Scope

Number = int | float
Key = Any
ANY = "*"  # the key of the figure of every group that has none of its own


@dataclass(frozen=True, slots=True)
class Figure:
    """One answer (CONTRACT 5). None is "no value", never 0; `extra` holds what only some figures have."""

    value: Number | str | None
    n: int
    numerator: Number | str | None = None
    denominator: Number | None = None
    mean: Number | None = None
    median: Number | None = None
    p90: Number | None = None
    max: Number | None = None
    extra: dict[str, Any] = field(default_factory=dict)


class Percentile(Aggregate):
    """percentile_cont: continuous, between two neighbours."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    allow_distinct = False

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=repr(share), **extra)


class Measure(ABC):
    """A population and what is made of it."""

    @property
    def empty(self) -> Figure:
        """The figure of no rows."""
        return self.made({name: part.empty for name, part in self.parts.items()}) if self.parts else Figure(None, 0)

    @property
    def parts(self) -> "dict[str, Simple]":
        """The populations that it is aggregated from, so that figures may share queries; {} when it reckons alone."""
        return {}

    def made(self, parts: dict[str, Figure]) -> Figure:
        """The figure, from those of its parts."""
        raise NotImplementedError

    def completed(self, figure: Figure, scope: Scope) -> Figure:
        """With what stands beside the figure of a whole window, and costs queries of its own."""
        return figure

    def figure(self, scope: Scope) -> Figure:
        return self.figures(scope, None).get(None, self.empty)

    def of_all(self, scopes: Sequence[Scope]) -> list[Figure]:
        """The figures of scopes that differ in their windows only."""
        return [self.figure(scope) for scope in scopes]

    @abstractmethod
    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        """The figure of each group that has one; without a group under the key None."""

    @abstractmethod
    def included(self, scope: Scope) -> Rows:
        """The rows behind the figure: as many as its `n`, each with `number`, `counted_at` and `measured`."""

    @abstractmethod
    def excluded(self, scope: Scope) -> Rows:
        """The rows of the window that it leaves out, each also with why, `left_out_as`."""


@dataclass(frozen=True)
class Simple(Measure):
    """One population, aggregated by one query."""

    population: Population

    @property
    def empty(self) -> Figure:
        return self.read({name: 0 if isinstance(one, Count) else None for name, one in self.aggregates().items()})

    @property
    def parts(self) -> "dict[str, Simple]":
        return {"": self}

    def made(self, parts: dict[str, Figure]) -> Figure:
        return parts[""]

    def figures(self, scope: Scope, group: Group | None) -> dict[Key, Figure]:
        rows = self.counted(scope)
        if group is None:
            return {None: self.completed(self.read(rows.aggregate(**self.aggregates())), scope)}
        rows = self.population.by(group, scope, rows).annotate(**self.aggregates())
        return {row["grouped_by"]: self.read(row) for row in rows}

    def counted(self, scope: Scope) -> Rows:
        return self.population.counted(scope)

    def included(self, scope: Scope) -> Rows:
        return self._told(self.counted(scope).annotate(counted_at=F(self.population.at)))

    def excluded(self, scope: Scope) -> Rows:
        return self._told(self.population.excluded(scope, self.unmeasured()))

    def unmeasured(self) -> dict[str, Q]:
        """Rows of the population that have nothing to contribute, by why."""
        return {}

    def _told(self, rows: Rows) -> Rows:
        told: Rows = rows.annotate(number=F(self.population.number), measured=self.item())
        return told

    @abstractmethod
    def aggregates(self) -> dict[str, Aggregate]: ...

    @abstractmethod
    def read(self, row: dict[str, Any]) -> Figure: ...

    def item(self) -> Expression | F:
        """What one row contributes."""
        return Value(None, output_field=FloatField())


@dataclass(frozen=True)
class Tally(Simple):
    """How many rows."""

    def aggregates(self) -> dict[str, Aggregate]:
        return {"n": Count("*")}

    def read(self, row: dict[str, Any]) -> Figure:
        return Figure(row["n"], row["n"])


@dataclass(frozen=True)
class Lengths(Simple):
    """The mean of a length in seconds, with median, 90th percentile and maximum."""

    column: str

    def aggregates(self) -> dict[str, Aggregate]:
        return lengths(self.column)

    def read(self, row: dict[str, Any]) -> Figure:
        n, total = row["n"], int(row["total"] or 0)
        mean = over(total, n, 1_000_000)
        return Figure(mean, n, seconds(total), n, mean, **spread(row))

    def included(self, scope: Scope) -> Rows:
        return super().included(scope).filter(**{f"{self.column}__isnull": False})

    def unmeasured(self) -> dict[str, Q]:
        return {"no_hours": Q(**{f"{self.column}__isnull": True})}

    def item(self) -> F:
        return F(self.column)


@dataclass(frozen=True)
class Share(Simple):
    """The percentage of the rows for which `hit` is true; with `among`, of those of its rows that are so."""

    hit: Q
    among: Q = field(default_factory=Q)
    score: str = ""  # a column whose mean stands beside
    beside: dict[str, Q] = field(default_factory=dict)  # further counts, shown apart

    def aggregates(self) -> dict[str, Aggregate]:
        n = Count("pk", filter=self.among) if self.among else Count("*")
        found: dict[str, Aggregate] = {"n": n, "hits": Count("pk", filter=self.among & self.hit)}
        found |= {name: Count("pk", filter=condition) for name, condition in self.beside.items()}
        return found | ({"total": Sum(self.score, filter=self.among or None)} if self.score else {})

    def counted(self, scope: Scope) -> Rows:
        return super().counted(scope).filter(self.among)

    def excluded(self, scope: Scope) -> Rows:
        return super().excluded(scope).filter(self.among)

    def read(self, row: dict[str, Any]) -> Figure:
        n, hits = row["n"], row["hits"]
        mean = over(int(row["total"] or 0), n) if self.score else None
        return Figure(over(100 * hits, n), n, hits, n, mean, extra={name: row[name] for name in self.beside})

    def item(self) -> Expression | F:
        if self.score:
            return F(self.score)
        return Case(When(self.hit, then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True)
class Average(Simple):
    """The mean of a column of whole numbers."""

    column: str

    def aggregates(self) -> dict[str, Aggregate]:
        return lengths(self.column)

    def read(self, row: dict[str, Any]) -> Figure:
        n, total = row["n"], row["total"] or 0
        mean = over(total, n)
        return Figure(mean, n, total, n, mean, tenth(row["median"]), tenth(row["p90"]), row["top"])

    def item(self) -> F:
        return F(self.column)


@dataclass(frozen=True)
class Scores(Average):
    """Of fractions: added as decimals, all digits kept, so that it does not show in which order."""

    def aggregates(self) -> dict[str, Aggregate]:
        decimal = Func(F(self.column), template="(%(expressions)s)::text::numeric", output_field=DecimalField())
        return super().aggregates() | {"total": Sum(decimal)}

    def read(self, row: dict[str, Any]) -> Figure:
        figure = super().read(row | {"total": float(row["total"] or 0)})
        return replace(figure, median=row["median"], p90=row["p90"])


def lengths(column: str) -> dict[str, Aggregate]:
    return {
        "n": Count(column),
        "total": Sum(column),
        "median": Percentile(column, 0.5),
        "p90": Percentile(column, 0.9),
        "top": Max(column),
    }


def spread(row: dict[str, Any]) -> dict[str, Any]:
    return {"median": between(row["median"]), "p90": between(row["p90"]), "max": seconds(row["top"])}


def tenth(whole: float | None) -> float | None:
    """A percentile of whole numbers: a tenth between two of them, without what the database's floats add to it."""
    return None if whole is None else round(whole * 10) / 10


def between(us: float | None) -> float | None:
    """A percentile in seconds: a tenth between whole microseconds, without what the database's floats add to it."""
    return None if us is None else round(us * 10) / 10_000_000


def seconds(us: Number | None) -> Number | None:
    return None if us is None else us / 1_000_000


def over(numerator: Number, denominator: int, unit: int = 1) -> float | None:
    """A quotient; None when there is nothing to divide by."""
    return numerator / (denominator * unit) if denominator else None
