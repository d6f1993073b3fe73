"""One archive at a time is read or written. The database lets go of the lock when whoever held it dies."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK = 0x0A4C41E


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else is at it, for as long as the block lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
