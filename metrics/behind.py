"""The tickets behind a figure, as the page and the exports show them: both read the KPI's own rows."""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.api.pagination import LARGEST, Order, Place
from metrics.answers import item
from metrics.evidence import Proof, proofs
from metrics.heat import Hour
from metrics.kpis.registry import Kpi, Unit, Words
from metrics.numbers import NONE, decimal, words
from metrics.panels import reason_words
from metrics.populations import Rows
from metrics.scope import Scope
from tickets.models import Ticket

PAGE = 50
BATCH = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell beginning so is computed by a spreadsheet
HEAD = ("ticket", "subject", "customer", "channel", "reason", "at", "value", "why", "evidence")
NEWEST = Order("newest", "counted_at", falling=True)
WORST: dict[Unit, Words] = {  # of what one row contributes
    "seconds": gettext_lazy("Longest first"),
    "percent": gettext_lazy("Worst first"),
    "score": gettext_lazy("Worst first"),
    "ratio": gettext_lazy("Worst first"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a figure counted, or left out and why."""

    ticket: Ticket | None
    number: int | None
    at: datetime
    value: Any  # seconds, a score, whether it was a hit; None of a mere count
    shown: str
    why: str
    proof: Proof


def orders(kpi: Kpi) -> dict[str, tuple[Words, Order]]:
    """The orders in which its rows may be listed, the first unless another is asked for; ties go by primary key."""
    found: dict[str, tuple[Words, Order]] = {"newest": (gettext_lazy("Newest first"), NEWEST)}
    if kpi.unit in WORST and kpi.better:
        found["worst"] = (WORST[kpi.unit], Order("worst", "measured", falling=kpi.better == "lower"))
    return found


def rows_of(kpi: Kpi, scope: Scope, *, excluded: bool) -> Rows:
    """The rows of the KPI's measure."""
    measure = kpi.measure(scope)
    return measure.excluded(scope) if excluded else measure.included(scope)


def after(rows: Rows, order: Order, place: str) -> Rows:
    """Those behind a place that `place_of` wrote, of rows in that order; all where it cannot be read."""
    try:
        value, pk = json.loads(place)
        value = None if value is None else rows.query.annotations[order.column].output_field.to_python(value)
        if type(pk) is not int or abs(pk) > LARGEST:
            return rows
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return rows
    behind: Rows = rows.filter(order.beyond(Place(value, pk, backwards=False)))
    return behind


def place_of(row: Any, order: Order) -> str:
    """Where a row stands in an order."""
    value = getattr(row, order.column)
    return json.dumps([value.isoformat() if isinstance(value, datetime) else value, row.pk])


def of_hour(rows: Rows, hour: Hour, zone: ZoneInfo) -> Rows:
    """Those dated in one hour of the week, by the shop's clock: what one number of the heat map counted."""
    local: Rows = rows.annotate(
        weekday=ExtractIsoWeekDay("counted_at", tzinfo=zone), hour=ExtractHour("counted_at", tzinfo=zone)
    )
    return local.filter(weekday=hour[0] + 1, hour=hour[1])


def told(kpi: Kpi, rows: Iterable[Any], scope: Scope) -> list[Row]:
    """With their tickets and, of those left out, the evidence; a few statements, however many rows."""
    rows = list(rows)
    about = Ticket.objects.select_related("customer", "reason")
    tickets = about.in_bulk({row.number for row in rows if row.number is not None})
    left_out = bool(rows) and hasattr(rows[0], "left_out_as")
    shown = proofs(rows, tickets, scope.window.end) if left_out else [Proof()] * len(rows)
    return [_told(kpi, row, tickets.get(row.number), proof) for row, proof in zip(rows, shown, strict=True)]


def whys(rows: Rows) -> list[tuple[str, int]]:
    """How many were left out, by why, the most frequent first; none where no ticket stands behind the figure."""
    if "left_out_as" not in rows.query.annotations:
        return []
    counted = rows.order_by().values("left_out_as").annotate(count=Count("pk"))
    found = [(reason_words(row["left_out_as"]), row["count"]) for row in counted]
    return sorted(found, key=lambda one: -one[1])


def csv_lines(kpi: Kpi, rows: Rows, scope: Scope) -> Iterator[str]:
    """A head and one line a row; times in the shop's zone, values exact."""
    yield csv_line(HEAD)
    batch: list[Any] = []
    for row in rows.iterator(BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield from (csv_line(_cells(one, scope.window.zone)) for one in told(kpi, batch, scope))
            batch = []
    yield from (csv_line(_cells(one, scope.window.zone)) for one in told(kpi, batch, scope))


def as_json(kpi: Kpi, rows: Rows, scope: Scope) -> list[dict[str, Any]]:
    """The same lines as objects."""
    with timezone.override(scope.window.zone):
        return [dict(zip(HEAD, _cells(one, scope.window.zone), strict=True)) for one in told(kpi, rows, scope)]


def _told(kpi: Kpi, row: Any, ticket: Ticket | None, proof: Proof) -> Row:
    value = item(kpi, row.measured)
    why = getattr(row, "left_out_as", None)
    words = reason_words(why) if why else ""
    return Row(ticket, row.number, row.counted_at, value, _shown(kpi, value), words, proof)


def _shown(kpi: Kpi, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return NONE
    return words(value, "seconds") if kpi.unit == "seconds" else decimal(float(value), 1)


def _cells(row: Row, zone: ZoneInfo) -> tuple[Any, ...]:
    ticket = row.ticket
    about = (ticket.subject, ticket.customer.name, ticket.channel_kind) if ticket else ("", "", "")
    reason = ticket.reason.told if ticket and ticket.reason else ""
    at = row.at.astimezone(zone).isoformat()
    value = int(row.value) if isinstance(row.value, bool) else row.value
    proof = row.proof
    evidence = f"{proof.words} #{proof.ticket}" if proof.ticket else proof.words
    return (row.number, *about, reason, at, value, row.why, evidence)


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV, its end included."""
    out = StringIO()
    csv.writer(out).writerow(_safe(cell) for cell in cells)
    return out.getvalue()


def _safe(cell: Any) -> Any:
    """Words of strangers must not become formulas."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
