"""Calendars through the API: versions, holidays, campaigns, teams and channels."""

from typing import Any

import pytest
from django.utils import timezone

from channels_app.models import Channel
from hours.actions import set_hours
from hours.models import Calendar
from tests import factories
from tests.caller import Caller, problems

pytestmark = pytest.mark.django_db
SHORT = {"mon": [["09:00", "12:00"]]}
LONG = {"mon": [["08:00", "20:00"]]}


@pytest.fixture
def calendar() -> Calendar:
    return factories.calendar(key="hours", weekly=SHORT)


def test_the_api_changes_hours_from_now_or_a_date(api: Caller, calendar: Calendar) -> None:
    changed = api.patch("/calendars/hours/", {"weekly": LONG, "valid_from": "2026-06-10T00:00:00+02:00"}).json()
    assert [version["weekly"] for version in changed["versions"]] == [SHORT, LONG]
    assert [version["valid_from"] for version in changed["versions"]] == [None, "2026-06-09T22:00:00Z"]
    planned = api.patch("/calendars/hours/", {"weekly": {}, "valid_from": "2199-01-01T00:00:00Z"}).json()
    assert (planned["weekly"], len(planned["versions"])) == (LONG, 3)
    now = api.patch("/calendars/hours/", {"holidays": {"country": "FR"}}).json()
    assert (now["weekly"], now["holidays"], len(now["versions"])) == (LONG, {"country": "FR"}, 3)
    assert now["versions"][1]["holidays"] == {}
    assert len(api.patch("/calendars/hours/", {"default": True}).json()["versions"]) == 3
    since_ever = api.patch("/calendars/hours/", {"weekly": SHORT, "valid_from": None}).json()
    assert len(since_ever["versions"]) == 1


def test_the_api_keeps_hours_for_teams_and_campaigns(api: Caller, calendar: Calendar) -> None:
    factories.team("care")
    campaign = {"date": "2026-11-19", "from": "19:00", "until": "21:00", "why": "Nuit d’hiver"}
    shown = api.patch("/calendars/hours/", {"teams": ["care"], "campaigns": [campaign]}).json()
    assert (shown["teams"], shown["campaigns"]) == (["care"], [campaign])
    other = {"key": "other", "shop": "main", "timezone": "Europe/Paris", "weekly": {}, "teams": ["care"]}
    assert problems(api.post("/calendars/", other)) == [("invalid", "teams")]
    assert Calendar.objects.count() == 1
    assert problems(api.patch("/calendars/hours/", {"holidays": {"country": "XX"}})) == [
        ("invalid", "holidays.country")
    ]


def test_a_listing_costs_the_same_whatever_its_length(api: Caller, django_assert_num_queries: Any) -> None:
    api.get("/calendars/")
    for count in (1, 3, 30):
        for n in range(Calendar.objects.count(), count):
            one = factories.calendar(key=f"c{n}", default=False)
            set_hours(one, valid_from=timezone.now(), weekly=LONG)
        with django_assert_num_queries(4):
            assert len(api.get("/calendars/").json()["results"]) == count


def test_a_channel_keeps_hours_of_its_own_shop(api: Caller, calendar: Calendar) -> None:
    channel = factories.channel()
    assert api.patch(f"/channels/{channel.pk}/", {"calendar": "hours"}).json()["calendar"] == "hours"
    foreign = factories.calendar(factories.shop("other", name="Autre"), key="foreign")
    refused = api.patch(f"/channels/{channel.pk}/", {"calendar": foreign.key})
    assert problems(refused) == [("invalid", "calendar")]
    assert Channel.objects.get().calendar == calendar
    calendar.delete()
    assert api.get(f"/channels/{channel.pk}/").json()["calendar"] is None
