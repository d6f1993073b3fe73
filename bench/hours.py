"""Open time and timers: one question at a time in Python, and a million tickets in one query."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench.__main__ import Row, cpu
from hours import clock
from hours.models import Calendar
from hours.sql import SINCE, arrays
from tickets import timers

QUESTIONS, TICKETS, SWEEPS = 1_000, 1_000_000, 50


def rows() -> list[Row]:
    calendar = Calendar.objects.filter(default=True).select_related("shop")[0]
    start = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    spans = [(start + timedelta(hours=n), start + timedelta(hours=n * 3.7 + 5)) for n in range(QUESTIONS)]
    asked = cpu(lambda: [clock.open_seconds(calendar, *span) for span in spans]) / QUESTIONS
    due = cpu(lambda: [clock.due(calendar, since, 4 * 3600) for since, _until in spans]) / QUESTIONS
    bulk, idle = _bulk(calendar), _idle_sweep()
    return [
        Row("hours: open seconds of one ticket", asked, "ms CPU", "<= 0.1", asked <= 0.1),
        Row("hours: due instant of one ticket", due, "ms CPU", "<= 0.1", due <= 0.1),
        Row("hours: open seconds of 1,000,000 tickets in SQL, each", bulk, "us CPU", "<= 1.5", bulk <= 1.5),
        Row("time: a sweep of every open ticket with none due", idle, "ms CPU", "<= 1", idle <= 1),
    ]


def _bulk(calendar: Calendar) -> float:
    """Microseconds a row, with reading it; both ends anywhere in three years."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_spans (since timestamptz, until timestamptz)")
        cursor.execute(
            "INSERT INTO bench_spans SELECT at, at + random() * interval '30 days' FROM (SELECT"
            " timestamptz '2024-01-01' + random() * interval '1000 days' AS at FROM generate_series(1, %s)) made",
            [TICKETS],
        )
        cursor.execute("ANALYZE bench_spans")
        cursor.execute("SET max_parallel_workers_per_gather = 0")  # its CPU is that of one process
        start = _backend_cpu()
        totals = arrays(calendar, SINCE, timezone.now() + clock.HORIZON)
        cursor.execute(
            "SELECT sum(hours_open_seconds(since, until, %s::float8[], %s::point[])) FROM bench_spans", totals
        )
        taken = _backend_cpu() - start
        cursor.execute("RESET max_parallel_workers_per_gather")
        cursor.execute("DROP TABLE bench_spans")
    return taken / TICKETS * 1e6


def _idle_sweep() -> float:
    """Milliseconds of our CPU and the database's for one sweep while a million deadlines run and none is due."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the tickets themselves are not looked at
        cursor.execute(
            "INSERT INTO tickets_deadline (ticket_id, kind, policy_version, clock, target, started_at, due_at, warn_at,"
            " state) SELECT 10000000 + n, 'first_reply', 1, 'calendar', 3600, now(), now() + n * interval '1 second',"
            " now() + interval '1 day', 'running' FROM generate_series(1, %s) AS n",
            [TICKETS],
        )
        cursor.execute("ANALYZE tickets_deadline")
        at = datetime(2000, 1, 1, tzinfo=UTC)  # the load's own may be due by now
        timers.sweep(at)
        spent = time.process_time() + _backend_cpu()
        for _time in range(SWEEPS):
            timers.sweep(at)
        spent = time.process_time() + _backend_cpu() - spent
        transaction.set_rollback(True)
    return spent / SWEEPS * 1000


def _backend_cpu() -> float:
    """Seconds of CPU that the database has spent for this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
