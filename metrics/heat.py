"""When customers write: weekday and hour of the shop's own clock, as a table of numbers with a tint (S4)."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

from django.db.models import Count
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from hours import clock
from hours.models import Calendar
from metrics import weekdays
from metrics.kpis.volume import opened_by_customers
from metrics.numbers import decimal
from metrics.scope import Scope
from metrics.windows import midnight

STEPS = 6
Hour = tuple[int, int]  # weekday 0 to 6, hour 0 to 23


@dataclass(frozen=True, slots=True)
class Cell:
    n: int
    step: int  # 0 to 6: how dark
    open: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    name: str
    short: str
    cells: list[Cell]
    total: int


@dataclass(frozen=True, slots=True)
class Heat:
    rows: list[HeatRow]
    columns: list[int]  # totals by hour
    total: int
    closed: str  # the share that came while nobody was there; "" without opening hours


def hour_words(hour: Hour) -> str:
    """ "Friday, 13:00–14:00"."""
    return f"{weekdays.names()[hour[0]]}, {hour[1]:02}:00–{(hour[1] + 1) % 24:02}:00"


def demand(scope: Scope) -> dict[Hour, int]:
    """Tickets that customers opened in the window, by weekday and hour of its zone; an hour that a change of the
    clocks repeats counts twice, one that it leaves out not at all."""
    zone = scope.window.zone
    rows = opened_by_customers().counted(scope).order_by()
    hours = rows.annotate(day=ExtractIsoWeekDay("opened_at", tzinfo=zone), hour=ExtractHour("opened_at", tzinfo=zone))
    found = hours.values("day", "hour").annotate(n=Count("pk"))
    return {(row["day"] - 1, row["hour"]): row["n"] for row in found}


def heat(scope: Scope, counts: dict[Hour, int]) -> Heat | None:
    """The table of 168 hours; None without a single ticket."""
    if not counts:
        return None
    most, opened = max(counts.values()), open_hours(scope)
    names, short = weekdays.names(), weekdays.short()
    rows = [
        HeatRow(
            names[day],
            short[day],
            [_cell(counts.get((day, hour), 0), most, (day, hour) in opened) for hour in range(24)],
            sum(counts.get((day, hour), 0) for hour in range(24)),
        )
        for day in range(7)
    ]
    total = sum(counts.values())
    missed = sum(n for hour, n in counts.items() if hour not in opened)
    closed = f"{decimal(100 * missed / total, 1)}\u00a0%" if opened else ""
    return Heat(rows, [sum(row.cells[hour].n for row in rows) for hour in range(24)], total, closed)


def open_hours(scope: Scope) -> set[Hour]:
    """The hours of an ordinary week, without holidays, in which the shop is open for at least a while."""
    calendar = Calendar.objects.filter(shop=scope.shop, default=True).first() if scope.shop else None
    if calendar is None:
        return set()
    window = scope.window
    monday = midnight(window.since - timedelta(days=window.since.weekday()), window.zone)
    hours = calendar.in_force(window.end)
    ordinary = Calendar(timezone=hours.timezone, weekly=hours.weekly)
    week = takewhile(lambda one: one[0] < monday + timedelta(days=7), clock.intervals(ordinary, monday))
    found = set()
    for opens, closes in week:
        at = max(opens, monday)
        while at < closes:
            local = at.astimezone(window.zone)
            found.add((local.weekday(), local.hour))
            at = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return found


def _cell(n: int, most: int, is_open: bool) -> Cell:
    return Cell(n, -(-n * STEPS // most), is_open)
