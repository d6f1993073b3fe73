"""Many rows at once: new ones by COPY, known ones in one short statement. Django's own ways take most of the time to
write a value, or a CASE, for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model
from psycopg.types.json import Jsonb


def insert(rows: Iterable[Model]) -> None:
    """Write new rows of one model and give them their primary keys, ascending in their order.

    Rows that they refer to must be written already. No default of the database and no `auto_now_add` is filled in.
    """
    batch = list(rows)
    if not batch:
        return
    meta = type(batch[0])._meta
    fields = [field for field in meta.concrete_fields if not field.generated]
    names, values_of = ", ".join(f'"{field.column}"' for field in fields), _values(fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [meta.db_table, len(batch)]
        )
        for row, (pk,) in zip(batch, cursor.fetchall(), strict=True):
            row.pk = pk
        # Django's cursors hand `copy` on as it is: its errors would be the driver's own.
        with connection.wrap_database_errors, cursor.copy(f'COPY "{meta.db_table}" ({names}) FROM STDIN') as copy:
            for row in batch:
                copy.write_row(values_of(row))
    for row in batch:
        row._state.adding, row._state.db = False, connection.alias


def store(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Save these fields of rows that exist, all of one model."""
    if not rows:
        return
    meta, quoted = rows[0]._meta, connection.ops.quote_name
    kept: list[Field[Any, Any]] = [field for field in meta.concrete_fields if field.name in fields]
    columns = [quoted(str(field.column)) for field in kept]
    arrays = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in kept]
    types = ["bigint", *(str(field.db_type(connection)) for field in kept)]
    table = quoted(meta.db_table)
    sql = (
        f"UPDATE {table} SET {', '.join(f'{column} = made.{column}' for column in columns)}"  # noqa: S608 - our names
        f" FROM unnest({', '.join(f'%s::{kind}[]' for kind in types)}) AS made (id, {', '.join(columns)})"
        f" WHERE {table}.id = made.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[row.pk for row in rows], *arrays])


def _values(fields: Sequence[Field[Any, Any]]) -> Callable[[Any], list[Any]]:
    """From a row to what COPY writes of it, all columns in one go: there are many rows and few that need a look."""
    every = attrgetter(*(field.attname for field in fields))
    references = {field.name: field.attname for field in fields if field.is_relation}
    objects = [n for n, field in enumerate(fields) if isinstance(field, JSONField)]
    choices = [n for n, field in enumerate(fields) if field.choices]

    def values(row: Any) -> list[Any]:
        for name, other in [*row._state.fields_cache.items()]:
            if other is not None and name in references:
                setattr(row, references[name], other.pk)  # it may have got its key after this row was built
        made = list(every(row))
        for n in objects:
            made[n] = Jsonb(made[n])
        for n in choices:
            if isinstance(made[n], Enum):
                made[n] = made[n].value
        return made

    return values
