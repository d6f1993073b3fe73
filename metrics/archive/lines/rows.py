"""Writing one row: only what differs."""

from typing import Any

from django.db.models import Model

from metrics.archive.lines.line import Result


def put(row: Model, values: dict[str, Any], *, new: bool) -> Result:
    """Save a row with these values; one that has them already is left alone."""
    changed = [name for name, value in values.items() if new or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if new:
        row.save(force_insert=True)
        return Result.CREATED
    if changed:
        row.save(update_fields=changed)
        return Result.UPDATED
    return Result.UNCHANGED
