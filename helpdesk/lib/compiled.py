"""Queries of every page, their SQL written once: Django takes longer to write it than PostgreSQL to answer."""

from collections.abc import Callable, Hashable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Sql = tuple[str, tuple[Any, ...]] | None  # None: there is nothing to find
MOST = 2000
_written: dict[Hashable, Sql] = {}


def rows(build: Callable[[], QuerySet[Any, Any]], key: Hashable) -> list[tuple[Any, ...]]:
    """The rows of the query that `build` makes with `values_list`, as tuples in its order.

    `key` must hold all that `build` looks at, what it asks included; a query that looks at the clock says `Now()`.
    """
    if key not in _written:
        if len(_written) >= MOST:
            del _written[next(iter(_written))]
        _written[key] = _sql(build())
    found = _written[key]
    if found is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*found)
        return list(cursor.fetchall())


def _sql(query: QuerySet[Any, Any]) -> Sql:
    try:
        return query.query.sql_with_params()
    except EmptyResultSet:
        return None
