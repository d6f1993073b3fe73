"""Many figures in few queries: what counts the same rows is aggregated together, for a window and the one before."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, Expression, ExpressionWrapper, F, Q

from metrics.measures import Figure, Key, Measure, Simple
from metrics.populations import Population
from metrics.scope import Group, Scope
from metrics.windows import Window

Part = tuple[str, str]  # a figure's slug, and which part of it
KeyOf = Callable[[Population], Expression | F]


def now_and_before(measures: Mapping[str, Measure], scope: Scope) -> dict[str, tuple[Figure, Figure]]:
    """Each figure of the scope, and of as many days right before."""
    before = scope.previous()
    both = replace(scope, window=Window(before.window.since, scope.window.until, scope.window.zone))

    def is_now(population: Population) -> Expression:
        return ExpressionWrapper(Q(**{f"{population.at}__gte": scope.window.start}), output_field=BooleanField())

    rows = _aggregated(_parts(measures), both, is_now)
    found = {}
    for slug, measure in measures.items():
        if not measure.parts:
            found[slug] = measure.figure(scope), measure.figure(before)
            continue
        now, then = (
            _made(measure, {name: rows[slug, name].get(when) for name in measure.parts}) for when in (True, False)
        )
        found[slug] = measure.completed(now, scope), then
    return found


def _made(measure: Measure, figures: dict[str, Figure | None]) -> Figure:
    return measure.made({name: figures[name] or part.nothing() for name, part in measure.parts.items()})


def by_group(measures: Mapping[str, Measure], scope: Scope, group: Group) -> dict[str, dict[Key, Figure]]:
    """The figures of each group."""
    simple = {slug: measure for slug, measure in measures.items() if isinstance(measure, Simple)}
    rows = _aggregated(
        {(slug, ""): measure for slug, measure in simple.items()}, scope, lambda one: one.key(group, scope)
    )
    return {
        slug: rows[slug, ""] if slug in simple else measure.figures(scope, group) for slug, measure in measures.items()
    }


def _parts(measures: Mapping[str, Measure]) -> dict[Part, Simple]:
    return {(slug, name): part for slug, measure in measures.items() for name, part in measure.parts.items()}


def _aggregated(parts: Mapping[Part, Simple], scope: Scope, key: KeyOf) -> dict[Part, dict[Key, Figure]]:
    """One query for each population, however many figures are read from it."""
    sharing: dict[int, list[tuple[Part, Simple]]] = defaultdict(list)
    for name, part in parts.items():
        sharing[id(part.population)].append((name, part))
    found: dict[Part, dict[Key, Figure]] = {name: {} for name in parts}
    for shared in sharing.values():
        population = shared[0][1].population
        rows = population.counted(scope).order_by().annotate(grouped_by=key(population)).values("grouped_by")
        for row in rows.annotate(**dict(_aggregates(shared))):
            for n, (name, part) in enumerate(shared):
                own = {column: row[f"a{n}_{column}"] for column in part.aggregates()}
                found[name][row["grouped_by"]] = part.read(own)
    return found


def _aggregates(shared: Iterable[tuple[Part, Simple]]) -> Iterable[tuple[str, Any]]:
    for n, (_name, part) in enumerate(shared):
        for column, aggregate in part.aggregates().items():
            yield f"a{n}_{column}", aggregate
