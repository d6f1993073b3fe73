"""Filling tables set by set: the columns that vary from a query, all others with the model's defaults."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('u', 'x'))
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype = 'f'
"""


def fill(model: type[models.Model], columns: Mapping[str, str], source: str) -> None:
    """INSERT … SELECT: `columns` are SQL expressions by the names of columns, `source` what stands behind FROM."""
    own = [field for field in model._meta.local_concrete_fields if not field.generated]
    rest = [field for field in own if field.column not in columns and not isinstance(field, models.AutoField)]
    names = ", ".join([*columns, *(field.column for field in rest)])
    values = ", ".join([*columns.values(), *("%s" for _field in rest)])
    table = model._meta.db_table
    statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}"  # noqa: S608 (our own words)
    execute(statement, [_default(field) for field in rest])


def execute(statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def next_id(model: type[models.Model]) -> int:
    return int(execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])[0][0])


def set_sequence(model: type[models.Model]) -> None:
    table = model._meta.db_table
    newest = f"(SELECT max(id) FROM {table})"  # noqa: S608 (our own table's name)
    execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), {newest})", [table])


@contextmanager
def bare(filled: Sequence[type[models.Model]]) -> Iterator[None]:
    """These tables without secondary indexes, foreign and unique keys inside the block; made again at its end, each in
    one go, which also checks them. Needs a transaction; others wait for its end."""
    tables = [model._meta.db_table for model in filled]
    constraints, indexes = execute(CONSTRAINTS, [tables]), execute(INDEXES, [tables])
    for table, name, _definition in constraints:
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        execute(definition)
    for table, name, definition in constraints:
        execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def _default(field: "models.Field[Any, Any]") -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return datetime.now(UTC)
    return field.get_db_prep_save(field.get_default(), connection)
