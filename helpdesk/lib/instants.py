"""Instants read from the database ten times faster: Django's own loader takes 6 µs for each, a page reads hundreds."""

from datetime import UTC, datetime

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import get_adapters_template  # type: ignore[import-untyped]
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class InstantLoader(TimestamptzLoader):
    timezone = UTC  # Django asks which one it is for

    def load(self, data: Buffer) -> datetime:
        try:
            at = datetime.fromisoformat(str(data, "ascii"))
        except ValueError:  # infinity, before Christ: psycopg says what is wrong with it
            return super().load(data)
        return at if at.tzinfo is UTC else at.astimezone(UTC)


def read_fast() -> None:
    """For all connections made from now on."""
    get_adapters_template(settings.USE_TZ, UTC).register_loader("timestamptz", InstantLoader)
