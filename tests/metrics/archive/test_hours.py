"""Calendars in an archive: what was in force earlier travels along, so that past figures stay the same."""

import json
from datetime import datetime, timedelta

import pytest

from hours import clock
from hours.models import Calendar
from tests.metrics.archive.test_tickets import SHOP

pytestmark = pytest.mark.django_db
WEEK = {"mon": [["09:00", "17:00"]]}
EARLIER = {"until": "2026-06-01T00:00:00+00:00", "timezone": "Europe/Paris", "weekly": {"mon": [["10:00", "12:00"]]}}
LINE = {
    "type": "calendar",
    "key": "hours",
    "shop": SHOP["key"],
    "timezone": "Europe/Paris",
    "weekly": WEEK,
    "default": True,
    "holidays": {"country": "FR"},
    "campaigns": [{"date": "2026-11-16", "from": "19:00", "until": "21:00"}],
    "earlier": [EARLIER],
}


def hours_on(day: str) -> float:
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return clock.open_seconds(Calendar.objects.get(), at, at + timedelta(days=1)) / 3600


def test_earlier_hours_holidays_and_campaigns_survive_the_round_trip(archive):
    archive.load([SHOP, LINE])
    assert [hours_on(day) for day in ("2026-05-18", "2026-06-08", "2026-11-16")] == [2, 8, 10]
    exported = [json.loads(line) for line in archive.export().splitlines()]
    (line,) = [line for line in exported if line["type"] == "calendar"]
    assert (line["holidays"], line["campaigns"]) == (LINE["holidays"], LINE["campaigns"])
    assert [one["until"] for one in line["earlier"]] == [EARLIER["until"]]
    assert archive.load([SHOP, LINE])["calendar"] == (0, 0, 1, 0)


def test_a_bad_campaign_names_its_field(archive):
    code, _out, err = archive.run([SHOP, LINE | {"campaigns": [{"date": "soon", "from": "19:00", "until": "21:00"}]}])
    assert code == 1
    assert err.startswith("line 2: campaigns: ")
