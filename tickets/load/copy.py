"""COPY rows into a model's table: the columns that vary, and for all others the model's defaults."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

NULL = r"\N"
SPECIAL = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
BATCH = 2000  # lines sent at once


class Table:
    """Where rows of `columns` go; the rest of each row is the same for all."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]) -> None:
        own = [field for field in model._meta.local_concrete_fields if not field.generated]
        rest = [field for field in own if field.column not in columns and not isinstance(field, models.AutoField)]
        names = ", ".join([*columns, *(field.column for field in rest)])
        self.target = f"{model._meta.db_table} ({names})"
        self.tail = "".join("\t" + cell(_default(field)) for field in rest) + "\n"

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """One COPY of these rows."""
        copy(self.target, rows, self.tail)


def copy(target: str, rows: Iterable[Sequence[Any]], tail: str = "\n") -> None:
    """COPY rows into `target`, a table with its columns; each line ends in `tail`."""
    lines = ["\t".join(map(cell, row)) + tail for row in rows]
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as stream:
        for begin in range(0, len(lines), BATCH):
            stream.write("".join(lines[begin : begin + BATCH]))


def cell(value: Any) -> str:
    """A value as the text format of COPY wants it."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return value.translate(SPECIAL)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):  # only arrays of plain words
        return "{" + ",".join(value) + "}"
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _default(field: "models.Field[Any, Any]") -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return datetime.now(UTC)
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) else value
