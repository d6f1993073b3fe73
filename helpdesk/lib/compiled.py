"""Queries of every page, their SQL written once and planned once per connection.

Django takes longer to write it, and PostgreSQL to plan it, than to answer.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]
from django.db.models import QuerySet
from django.db.models.query import (  # type: ignore[attr-defined]
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql.compiler import SQLCompiler
from psycopg.types.numeric import Int8

T = TypeVar("T")
Row = tuple[Any, ...]
Sql = str | None  # with all values in it; None: there is nothing to find
MOST = 2000
LARGEST = 2**63 - 1  # number of a row
STAND_INS = range(2_140_000_001, 2_140_000_100)  # numbers that no row has, each for one that a page fills in
INSTANTS = [datetime(9000, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(9)]  # at which nothing happens
_written: dict[Hashable, Any] = {}


def rows(build: Callable[[], QuerySet[Any, Any]], key: Hashable) -> list[tuple[Any, ...]]:
    """The rows of the query that `build` makes with `values_list`, as tuples in its order.

    `key` must hold all that `build` looks at, what it asks included; a query that looks at the clock says `Now()`.
    """
    written: Sql = _once(key, lambda: _sql(build()))
    return [] if written is None else asked(written)


def found(build: Callable[..., QuerySet[Any, T]], key: Hashable, *numbers: int) -> list[T]:
    """What the query `build(*numbers)` finds: objects with what it selects, or what its `values_list` says.

    The SQL is the same for all numbers, so `build` may only compare with them (`ticket=number`, `ticket__in=numbers`)
    and must look at nothing else that is not in `key`. It may not start from a related manager (`ticket.deadlines`):
    the object that it belongs to would come back for ever. A number larger than any row's finds nothing.
    """
    if len(numbers) > len(STAND_INS):
        return list(build(*numbers))
    stand_ins = STAND_INS[: len(numbers)]
    written: Written[T] | None = _once(("found", key, len(numbers)), lambda: Written.by(build, stand_ins))
    if written is None or max(numbers, default=0) > LARGEST:
        return []
    # Small or large: the same statement.
    return written.read(asked(written.sql, written.filled([Int8(number) for number in numbers])))


def dated(build: Callable[..., QuerySet[Any, T]], key: Hashable, *instants: datetime) -> list[T]:
    """The same with instants instead of numbers. Planned each time: a month and three years want other plans."""
    stand_ins = INSTANTS[: len(instants)]
    written: Written[T] | None = _once(("dated", key, len(instants)), lambda: Written.by(build, stand_ins))
    if written is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(written.sql, written.filled(instants))
        return written.read(cursor.fetchall())


@dataclass(frozen=True)
class Written(Generic[T]):
    """A query with its SQL, whose stand-ins are replaced each time."""

    sql: str  # with all values in it but the stand-ins
    places: tuple[int, ...]  # which of the values comes at each of its placeholders
    read: Callable[[list[Row]], list[T]]

    @classmethod
    def by(cls, build: Callable[..., QuerySet[Any, T]], stand_ins: Sequence[int | datetime]) -> "Written[T] | None":
        query = build(*stand_ins)
        compiler = query.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        missing = set(stand_ins) - {one for one in params if type(one) in (int, datetime)}
        if missing or query._known_related_objects:  # type: ignore[attr-defined]
            raise TypeError("This query cannot be written once: it does not compare with all that it is given.")
        text = _bound(sql, params).replace("%", "%%")
        literals = [_bound("%s", [one]) for one in stand_ins]
        stand_in = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, literals))})(?!\w)" if literals else "(?!)")
        places = tuple(literals.index(found) for found in stand_in.findall(text))
        return cls(stand_in.sub("%s", text), places, READERS[query._iterable_class](compiler))

    def filled(self, values: Sequence[Any]) -> tuple[Any, ...]:
        """What goes beside the SQL."""
        return tuple(values[place] for place in self.places)


def _objects(compiler: SQLCompiler) -> Callable[[list[Row]], list[Any]]:
    """As Django's own ModelIterable, but what it looks up for every query is looked up once."""
    described: Any = compiler.klass_info
    first, end = described["select_fields"][0], described["select_fields"][-1] + 1
    names = [column.target.attname for column, _sql, _alias in compiler.select[first:end]]
    made, related = described["model"].from_db, get_related_populators(described, compiler.select, DEFAULT_DB_ALIAS)
    annotations, converted = list((compiler.annotation_col_map or {}).items()), _converted(compiler)

    def read(rows: list[Row]) -> list[Any]:
        found = []
        for row in converted(rows):
            one = made(DEFAULT_DB_ALIAS, names, row[first:end])
            for other in related:
                other.populate(row, one)
            for name, place in annotations:
                setattr(one, name, row[place])
            found.append(one)
        return found

    return read


def _tuples(compiler: SQLCompiler) -> Callable[[list[Row]], list[Any]]:
    converted, width = _converted(compiler), compiler.col_count
    return lambda rows: [tuple(row[:width]) for row in converted(rows)]


def _values(compiler: SQLCompiler) -> Callable[[list[Row]], list[Any]]:
    converted = _converted(compiler)
    return lambda rows: [row[0] for row in converted(rows)]


def _dicts(compiler: SQLCompiler) -> Callable[[list[Row]], list[Any]]:
    converted, names = _converted(compiler), list(compiler.query.selected or ())
    return lambda rows: [dict(zip(names, row, strict=True)) for row in converted(rows)]


READERS: dict[type, Callable[[SQLCompiler], Callable[[list[Row]], list[Any]]]] = {
    ModelIterable: _objects,
    ValuesIterable: _dicts,
    ValuesListIterable: _tuples,
    FlatValuesListIterable: _values,
}


def _converted(compiler: SQLCompiler) -> Callable[[list[Row]], Iterable[Sequence[Any]]]:
    """From the database's values to Python's, by column."""
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    if not converters:
        return lambda rows: rows
    return lambda rows: compiler.apply_converters(rows, converters)


def asked(sql: str, params: Sequence[Any] | None = None) -> list[Row]:
    """The rows of a statement. The values go beside it, so that the plan of one serves the next, and by one cursor a
    connection: to make one takes longer than to ask."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session: Any = connection.connection
    if not hasattr(session, "asking"):
        session.asking = ServerBindingCursor(session)
    cursor = connection._prepare_cursor(session.asking)  # type: ignore[attr-defined]
    cursor.execute(sql, params)
    rows: list[Row] = cursor.fetchall()
    return rows


def _once(key: Hashable, write: Callable[[], Any]) -> Any:
    if key in _written:
        return _written[key]
    if len(_written) >= MOST:
        _written.pop(next(iter(_written)), None)
    return _written.setdefault(key, write())


def _sql(query: QuerySet[Any, Any]) -> Sql:
    try:
        return _bound(*query.query.sql_with_params())
    except EmptyResultSet:
        return None


def _bound(sql: str, params: Sequence[Any]) -> str:
    """The SQL with its values in it: a plan for just these, and nothing to put there each time."""
    return str(connection.ops.compose_sql(sql, params))  # type: ignore[attr-defined]
