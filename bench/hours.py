"""Open time: one question at a time in Python, and a million tickets in one query."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection

from bench.__main__ import Row, cpu
from hours import clock
from hours.models import Calendar
from hours.sql import open_seconds

QUESTIONS, TICKETS = 1_000, 1_000_000


def rows() -> list[Row]:
    calendar = Calendar.objects.filter(default=True).select_related("shop").first()
    start = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    spans = [(start + timedelta(hours=n), start + timedelta(hours=n * 3.7 + 5)) for n in range(QUESTIONS)]
    asked = cpu(lambda: [clock.open_seconds(calendar, *span) for span in spans]) / QUESTIONS
    due = cpu(lambda: [clock.due(calendar, since, 4 * 3600) for since, _until in spans]) / QUESTIONS
    bulk = _bulk(calendar)
    return [
        Row("hours: open seconds of one ticket", asked, "ms CPU", "<= 0.1", asked <= 0.1),
        Row("hours: due instant of one ticket", due, "ms CPU", "<= 0.1", due <= 0.1),
        Row("hours: open seconds of 1,000,000 tickets in SQL, each", bulk, "us", "<= 1.5", bulk <= 1.5),
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
        start = time.perf_counter()
        arrays = [one.value for one in open_seconds("since", "until", calendar).source_expressions[2:]]
        cursor.execute(
            "SELECT sum(hours_open_seconds(since, until, %s::float8[], %s::float8[])) FROM bench_spans", arrays
        )
        taken = time.perf_counter() - start
        cursor.execute("DROP TABLE bench_spans")
    return taken / TICKETS * 1e6
