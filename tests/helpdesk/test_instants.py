"""Instants as PostgreSQL writes them, read by our own loader."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

from helpdesk.lib.instants import InstantLoader

pytestmark = pytest.mark.django_db


def read(said, zone="UTC"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [zone])
        cursor.execute("SELECT %s::timestamptz, ARRAY[%s::timestamptz, NULL]", [said, said])
        alone, listed = cursor.fetchone()
        assert listed == [alone, None]
        assert isinstance(alone.tzinfo, type(UTC))
        return alone


def test_it_is_the_one_that_is_used():
    connection.ensure_connection()
    assert connection.connection.adapters.get_loader(connection.connection.adapters.types["timestamptz"].oid, 0) is (
        InstantLoader
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kolkata"])
def test_an_instant_is_in_utc_whatever_the_zone_of_the_session(zone):
    assert read("2026-07-14T10:00:00.5+02:00", zone) == datetime(2026, 7, 14, 8, 0, 0, 500_000, UTC)
    assert read("2026-07-14T10:00:00.000001Z", zone) == datetime(2026, 7, 14, 10, 0, 0, 1, UTC)
    assert read("0001-01-02T00:00:00Z", zone) == datetime(1, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("said", ["infinity", "0044-03-15 00:00:00+00 BC"])
def test_what_python_cannot_hold_is_refused_as_before(said):
    with pytest.raises(DataError):
        read(said)
