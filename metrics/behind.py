"""The tickets behind a figure, as the page and the exports show them: both read the KPI's own rows."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.translation import gettext as _

from metrics.answers import item
from metrics.heat import Hour
from metrics.kpis.registry import Kpi
from metrics.numbers import NONE, decimal, words
from metrics.panels import reason_words
from metrics.populations import Rows
from metrics.scope import Scope
from tickets.models import Ticket

PAGE = 50
BATCH = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell beginning so is computed by a spreadsheet
HEAD = ("ticket", "subject", "customer", "channel", "reason", "at", "value", "why")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a figure counted, or left out and why."""

    ticket: Ticket | None
    number: int | None
    at: datetime
    value: Any  # seconds, a score, whether it was a hit; None of a mere count
    shown: str
    why: str


def rows_of(kpi: Kpi, scope: Scope, *, excluded: bool) -> Rows:
    """The rows of the KPI's measure, in an order that stays."""
    measure = kpi.measure(scope)
    return (measure.excluded(scope) if excluded else measure.included(scope)).order_by("-pk")


def of_hour(rows: Rows, hour: Hour, zone: ZoneInfo) -> Rows:
    """Those dated in one hour of the week, by the shop's clock: what one number of the heat map counted."""
    local: Rows = rows.annotate(
        weekday=ExtractIsoWeekDay("counted_at", tzinfo=zone), hour=ExtractHour("counted_at", tzinfo=zone)
    )
    return local.filter(weekday=hour[0] + 1, hour=hour[1])


def told(kpi: Kpi, rows: Iterable[Any]) -> list[Row]:
    """With their tickets; two statements, however many rows."""
    rows = list(rows)
    about = Ticket.objects.select_related("customer", "reason")
    tickets = about.in_bulk({row.number for row in rows if row.number is not None})
    return [_told(kpi, row, tickets.get(row.number)) for row in rows]


def whys(rows: Rows) -> list[tuple[str, int]]:
    """How many were left out, by why, the most frequent first; none where no ticket stands behind the figure."""
    if "left_out_as" not in rows.query.annotations:
        return []
    counted = rows.order_by().values("left_out_as").annotate(count=Count("pk"))
    found = [(reason_words(row["left_out_as"]), row["count"]) for row in counted]
    return sorted(found, key=lambda one: -one[1])


def csv_lines(kpi: Kpi, rows: Rows, zone: ZoneInfo) -> Iterator[str]:
    """A head and one line a row; times in the shop's zone, values exact."""
    yield csv_line(HEAD)
    batch: list[Any] = []
    for row in rows.iterator(BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield from (csv_line(_cells(one, zone)) for one in told(kpi, batch))
            batch = []
    yield from (csv_line(_cells(one, zone)) for one in told(kpi, batch))


def as_json(kpi: Kpi, rows: Rows, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The same lines as objects."""
    return [dict(zip(HEAD, _cells(one, zone), strict=True)) for one in told(kpi, rows)]


def _told(kpi: Kpi, row: Any, ticket: Ticket | None) -> Row:
    value = item(kpi, row.measured)
    why = getattr(row, "left_out_as", None)
    return Row(ticket, row.number, row.counted_at, value, _shown(kpi, value), reason_words(why) if why else "")


def _shown(kpi: Kpi, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return NONE
    return words(value, "seconds") if kpi.unit == "seconds" else decimal(float(value), 1)


def _cells(row: Row, zone: ZoneInfo) -> tuple[Any, ...]:
    ticket = row.ticket
    about = (ticket.subject, ticket.customer.name, ticket.channel_kind) if ticket else ("", "", "")
    reason = str(ticket.reason) if ticket and ticket.reason else ""
    at = row.at.astimezone(zone).isoformat()
    value = int(row.value) if isinstance(row.value, bool) else row.value
    return (row.number, *about, reason, at, value, row.why)


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV, its end included."""
    out = StringIO()
    csv.writer(out).writerow(_safe(cell) for cell in cells)
    return out.getvalue()


def _safe(cell: Any) -> Any:
    """Words of strangers must not become formulas."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
