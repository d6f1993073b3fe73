"""Pages of a list by key: the rows behind (instant, id), never an offset."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """`more` is the cursor of the page behind this one, "" when there is none."""

    rows: list[M]
    more: str


def page_of(rows: QuerySet[M], column: str, cursor: str, *, size: int, falling: bool = True) -> Page[M]:
    """The rows after the cursor by this column of instants, which is never empty here. A wrong cursor is the start."""
    sign, step = ("-", "lt") if falling else ("", "gt")
    if place := _read(cursor):
        at, pk = place
        rows = rows.filter(Q(**{f"{column}__{step}": at}) | Q(**{column: at, f"pk__{step}": pk}))
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    more = f"{getattr(found[size - 1], column).isoformat()}~{found[size - 1].pk}" if len(found) > size else ""
    return Page(found[:size], more)


def _read(cursor: str) -> tuple[datetime, int] | None:
    at, _tilde, pk = cursor.partition("~")
    try:
        instant = parse_datetime(at)
    except ValueError:
        return None
    good = instant is not None and instant.tzinfo is not None and pk.isascii() and pk.isdecimal() and len(pk) < 19
    return (instant, int(pk)) if good and instant else None
