"""Queries of every page, their SQL written once and planned once per connection.

Django takes longer to write it, and PostgreSQL to plan it, than to answer.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor  # type: ignore[attr-defined]
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from psycopg.types.numeric import Int8

T = TypeVar("T")
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
    if written is None:
        return []
    with _planned_once(), connection.cursor() as cursor:
        cursor.execute(written)
        return list(cursor.fetchall())


def found(build: Callable[..., QuerySet[Any, T]], key: Hashable, *numbers: int) -> list[T]:
    """What the query `build(*numbers)` finds: objects with what it selects, tuples where it says `values_list`.

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
    with _planned_once():
        return written.filled([Int8(number) for number in numbers])  # small or large: the same statement


def dated(build: Callable[..., QuerySet[Any, T]], key: Hashable, *instants: datetime) -> list[T]:
    """The same with instants instead of numbers. Planned each time: a month and three years want other plans."""
    stand_ins = INSTANTS[: len(instants)]
    written: Written[T] | None = _once(("dated", key, len(instants)), lambda: Written.by(build, stand_ins))
    return written.filled(instants) if written else []


@dataclass(frozen=True)
class Written(Generic[T]):
    """A query with its SQL, whose stand-ins are replaced each time."""

    query: QuerySet[Any, T]
    compiler: SQLCompiler
    sql: str  # with all values in it but the stand-ins
    places: tuple[int, ...]  # which of the values comes at each of its placeholders
    converters: dict[int, Any]  # from the database's values, by column

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
        columns = [column for column, _sql, _alias in compiler.select]
        text = _bound(sql, params).replace("%", "%%")
        literals = [_bound("%s", [one]) for one in stand_ins]
        stand_in = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, literals))})(?!\w)" if literals else "(?!)")
        places = tuple(literals.index(found) for found in stand_in.findall(text))
        return cls(query, compiler, stand_in.sub("%s", text), places, compiler.get_converters(columns))

    def filled(self, values: Sequence[Any]) -> list[T]:
        params = tuple(values[place] for place in self.places)
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        compiler.get_converters = lambda *_args: self.converters  # type: ignore[method-assign]
        compiler.as_sql = lambda *_args, **_options: (self.sql, params)  # type: ignore[method-assign]
        query = self.query.all()
        query.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(query)


@contextmanager
def _planned_once() -> Iterator[None]:
    """Its statements go with their values beside them, so that the plan of one serves the next."""
    connection.ensure_connection()
    session = connection.connection
    usual, session.cursor_factory = session.cursor_factory, ServerBindingCursor
    try:
        yield
    finally:
        session.cursor_factory = usual


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
