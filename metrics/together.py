"""Many figures in few queries: what counts the same rows is aggregated together, for a window and the one it is
compared with, whole and by its days."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import BooleanField, Expression, ExpressionWrapper, F, Func, Q

from helpdesk.lib import compiled
from metrics.measures import Figure, Key, Measure, Simple
from metrics.populations import Population, Rows
from metrics.scope import Group, Scope

Part = tuple[str, str]  # a figure's slug, and which part of it
Place = tuple[Any, ...]  # whether it is now, then the keys of the groups; None of a group that is not told apart
Keys = Sequence[Group | Expression]  # groups, or what else rows of the population are told apart by
Sets = Sequence[Sequence[int]]  # which of the groups are told apart, each time


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of a scope and of the one before, each also by its days or weeks."""

    now: Figure
    before: Figure | None
    days: dict[Key, Figure]
    days_before: dict[Key, Figure]


def told(
    measures: Mapping[str, Measure], scope: Scope, before: Scope | None, group: Group | None = None
) -> dict[str, Told]:
    """Each figure of both scopes, of both also by a group of time if there is one.

    `before` began earlier, and has the same filters.
    """
    by, sets = ((group,), ((), (0,))) if group else ((), ((),))
    rows = aggregated(_parts(measures), scope, before, by, sets)
    found = {}
    for slug, measure in measures.items():
        parts = {name: rows[slug, name] for name in measure.parts}
        found[slug] = (
            _of_parts(measure, parts, (None,) * len(by), compared=before is not None)
            if parts
            else _alone(measure, scope, before, group)
        )
    return found


def split(
    figure: Mapping[Part, Simple], scope: Scope, before: Scope | None, by: tuple[Group, Group]
) -> tuple[Told, dict[Place, Figure]]:
    """One figure of both scopes, by the second group, of time, and so of each of the first, which is never None."""
    (measure,) = figure.values()
    (rows,) = aggregated(figure, scope, before, by, ((), (1,), (0,), (0, 1))).values()
    whole = {(is_now, part): figure for (is_now, key, part), figure in rows.items() if key is None}
    return _of_parts(measure, {"": whole}, (None,), compared=before is not None), rows


def now_and_before(measures: Mapping[str, Measure], scope: Scope) -> dict[str, tuple[Figure, Figure]]:
    """Each figure of the scope, and of as many days right before."""
    found = {}
    for slug, one in told(measures, scope, scope.previous()).items():
        assert one.before is not None
        measure = measures[slug]
        found[slug] = measure.completed(one.now, scope) if measure.parts else one.now, one.before
    return found


def by_group(measures: Mapping[str, Measure], scope: Scope, group: Group) -> dict[str, dict[Key, Figure]]:
    """The figures of each group."""
    simple = {slug: measure for slug, measure in measures.items() if isinstance(measure, Simple)}
    rows = aggregated({(slug, ""): measure for slug, measure in simple.items()}, scope, None, (group,), ((0,),))
    return {
        slug: {key: figure for (_now, key), figure in rows[slug, ""].items()}
        if slug in simple
        else measure.figures(scope, group)
        for slug, measure in measures.items()
    }


def aggregated(
    parts: Mapping[Part, Simple], scope: Scope, before: Scope | None, by: Keys, sets: Sets
) -> dict[Part, dict[Place, Figure]]:
    """The figures of every group that there is, in each of the sets: one query for each population.

    A part of the same name is the same each time, but for scope's clock.
    """
    since = scope.window.start
    if before is None or before.window.end <= since:
        return _aggregated(parts, [before, scope] if before else [scope], since, by, sets)
    now = _aggregated(parts, [scope], since, by, sets)  # they overlap: a row may be of both
    then = _aggregated(parts, [before], before.window.end, by, sets)
    return {name: now[name] | then[name] for name in parts}


def _of_parts(measure: Measure, parts: dict[str, dict[Place, Figure]], every: Place, *, compared: bool) -> Told:
    """`every`: what stands for the keys of the groups in the figure of the whole."""
    nothing = {name: part.empty for name, part in measure.parts.items()}

    def made(place: Place) -> Figure:
        return measure.made({name: rows.get(place, nothing[name]) for name, rows in parts.items()})

    days: dict[bool, dict[Key, Figure]] = {True: {}, False: {}}
    for is_now, *key in {place for rows in parts.values() for place in rows}:
        if tuple(key) != every:
            days[is_now][key[0]] = made((is_now, *key))
    return Told(made((True, *every)), made((False, *every)) if compared else None, days[True], days[False])


def _alone(measure: Measure, scope: Scope, before: Scope | None, group: Group | None) -> Told:
    """What shares its queries with nobody."""
    now, *then = measure.of_all([scope, before] if before else [scope])
    days, days_before = (measure.figures(one, group) if one and group else {} for one in (scope, before))
    return Told(now, then[0] if then else None, days, days_before)


def _parts(measures: Mapping[str, Measure]) -> dict[Part, Simple]:
    return {(slug, name): part for slug, measure in measures.items() for name, part in measure.parts.items()}


def _aggregated(
    parts: Mapping[Part, Simple], scopes: Sequence[Scope], since: datetime, by: Keys, sets: Sets
) -> dict[Part, dict[Place, Figure]]:
    """The rows of all these scopes; what lies at or after `since` is now."""
    sharing: dict[int, dict[Part, Simple]] = defaultdict(dict)
    for name, part in parts.items():
        sharing[id(part.population)][name] = part
    found: dict[Part, dict[Place, Figure]] = {name: {} for name in parts}
    for shared in sharing.values():
        for row in _rows(shared, scopes, since, by, sets):
            place = tuple(row.pop(f"k{n}") for n in range(len(by) + 1))
            own: list[dict[str, Any]] = [{} for _part in shared]
            for alias, value in row.items():
                n, column = alias.split("_", 1)
                own[int(n[1:])][column] = value
            for (part_name, part), columns in zip(shared.items(), own, strict=True):
                found[part_name][place] = part.read(columns)
    return found


def _rows(
    shared: Mapping[Part, Simple], scopes: Sequence[Scope], since: datetime, by: Keys, sets: Sets
) -> list[dict[str, Any]]:
    """What one population says. To write the SQL costs more than to ask it: but for filters it is written once."""
    scope = scopes[0]

    def asked(since: datetime, *edges: datetime) -> Rows:
        population = next(iter(shared.values())).population
        keys = (population.key(one, scope) if isinstance(one, Group) else one for one in by)
        told = enumerate(part.aggregates() for part in shared.values())
        aggregates = {f"a{n}_{column}": one for n, own in told for column, one in own.items()}
        return _grouped(within(population, scope, edges), [is_now(population, since), *keys], sets, aggregates)

    edges = _edges(scopes)
    if scope.filtered:
        return list(asked(since, *edges))
    about = (scope.shop and scope.shop.pk, scope.clock, scope.window.zone.key)
    return compiled.dated(asked, (*shared, *about, *by, sets), since, *edges)


def _edges(scopes: Sequence[Scope]) -> list[datetime]:
    """Where their windows begin and end, one after the other; where one follows another they are one."""
    windows = [scope.window for scope in scopes]
    if all(one.until == next_one.since for one, next_one in pairwise(windows)):
        return [windows[0].start, windows[-1].end]
    return [edge for window in windows for edge in (window.start, window.end)]


def within(population: Population, scope: Scope, edges: Sequence[datetime]) -> Rows:
    """The counted rows between the first and the second of these instants, between the third and the fourth..."""
    whenever = Q()
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        whenever |= population.within(start, end)
    rows: Rows = population.counted(scope, dated=False).filter(whenever).order_by()
    return rows


def is_now(population: Population, since: datetime) -> Expression:
    """Whether a row is dated from then on."""
    return ExpressionWrapper(Q(**{f"{population.at}__gte": since}), output_field=BooleanField())


def _grouped(rows: Rows, keys: Sequence[Expression | F], sets: Sets, aggregates: dict[str, Any]) -> Rows:
    named = {f"k{n}": _Selected(key) for n, key in enumerate(keys)}
    grouped: Rows = rows.annotate(**named).values(*named).annotate(**aggregates)
    grouped.query.group_by = (_Sets(sets),)
    return grouped


class _Selected(Func):
    """A column that stands in no GROUP BY of its own: `_Sets` names it by its place."""

    template = "%(expressions)s"

    def get_group_by_cols(self) -> list[Any]:
        return []

    def get_db_converters(self, connection: Any) -> list[Any]:
        converters: list[Any] = self.source_expressions[0].get_db_converters(connection)
        return converters


class _Sets(Expression):
    """GROUP BY the first column, and in one reading by each of these sets of the columns after it."""

    def __init__(self, sets: Sets) -> None:
        super().__init__(output_field=BooleanField())  # Django asks for one
        self.sets = sets

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:
        listed = (", ".join(str(n + 2) for n in columns) for columns in self.sets)
        return f"1, GROUPING SETS ({', '.join(f'({one})' for one in listed)})", []
