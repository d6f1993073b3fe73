"""/settings/hours/: nothing is saved that is wrong, nothing written is lost, and its effect is shown before."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from accounts.models import Role
from hours.models import Calendar
from tests import factories

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 19, 10, 42, tzinfo=PARIS)  # a Thursday
WEEK = {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "fri": [["20:00", "26:00"]]}
FIELDS = {
    "calendar": "hours", "timezone": "Europe/Paris", "mon": "09:00–12:00, 13:30–18:00", "tue": "", "wed": "",
    "thu": "", "fri": "20:00–02:00", "sat": "", "sun": "", "country": "", "subdivision": "", "valid_from": "",
    "days-TOTAL_FORMS": "1", "days-INITIAL_FORMS": "0", "days-MIN_NUM_FORMS": "0", "days-MAX_NUM_FORMS": "1000",
    "days-0-date": "", "days-0-kind": "instead", "days-0-hours": "", "days-0-why": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def calendar() -> Calendar:
    return factories.calendar(key="hours", weekly=WEEK)


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(factories.admin())
    return client


def save(desk: Client, **changes: Any) -> HttpResponse:
    return desk.post("/settings/hours/save/", FIELDS | changes)


def preview(desk: Client, **changes: Any) -> str:
    return desk.post("/settings/hours/preview/", FIELDS | changes).content.decode()


def test_only_managers_and_admins_open_it(client: Client, calendar: Calendar) -> None:
    statuses = {}
    for role in Role:
        client.force_login(factories.user(role=role))
        statuses[role] = client.get("/settings/hours/").status_code
    assert statuses == dict.fromkeys(Role, 403) | {Role.ADMIN: 200, Role.MANAGER: 200}


def test_the_rail_leads_to_the_first_page_that_one_may_open(client: Client) -> None:
    first, linked = {}, {}
    for role in Role:
        client.force_login(factories.user(role=role))
        first[role] = client.get("/settings/").headers.get("Location")
        linked[role] = 'href="/settings/"' in client.get("/").content.decode()
    assert first == dict.fromkeys([Role.LEAD, Role.AGENT], "/settings/macros/") | {
        Role.ADMIN: "/settings/setup/",
        Role.MANAGER: "/settings/hours/",
        Role.PARTNER: "/",
    }
    assert linked == {role: role != Role.PARTNER for role in Role}


def test_the_page_shows_the_week(desk: Client, calendar: Calendar) -> None:
    page = desk.get("/settings/hours/").content.decode()
    assert 'value="09:00–12:00, 13:30–18:00"' in page
    assert '<rect class="plot__open" x="37.50%" y="3" width="12.50%"' in page
    assert '<rect class="plot__night" x="83.33%" y="3" width="16.67%"' in page  # Friday 20:00
    assert '<rect class="plot__night" x="0.00%" y="3" width="8.33%"' in page  # until Saturday 02:00
    assert "13 h 30 a week" in page


def test_what_is_saved_counts_from_now(desk: Client, calendar: Calendar) -> None:
    assert save(desk, tue="9-17").status_code == 302
    saved = Calendar.objects.get()
    assert saved.weekly == WEEK | {"tue": [["09:00", "17:00"]]}
    assert [since for since, _hours in saved.versions()] == [None, NOW]
    assert save(desk, tue="9-17").status_code == 302
    assert len(Calendar.objects.get().versions()) == 2


def test_from_a_date_on(desk: Client, calendar: Calendar) -> None:
    save(desk, tue="9-17", valid_from="2026-12-01")
    saved = Calendar.objects.get()
    assert saved.versions()[1][0] == datetime(2026, 12, 1, tzinfo=PARIS)
    page = desk.get("/settings/hours/").content.decode()
    assert "Other hours are planned from 1 Dec 2026" in page
    assert 'value="09:00–17:00"' not in page


def test_a_wrong_day_names_the_way_out_and_keeps_everything(desk: Client, calendar: Calendar) -> None:
    answer = save(desk, wed="09:00–12:00, 13:30–12:00", thu="toujours", sat="10-13")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "13:30–12:00 ends before it begins." in page
    assert 'value="wed:09:00–12:00, 13:30–18:00"' in page  # as on Monday
    assert "“toujours” is no time." in page
    assert 'value="09:00–12:00, 13:30–12:00"' in page
    assert 'value="10-13"' in page
    assert "To correct: Wednesday, Thursday" in " ".join(page.split())
    assert '<rect class="plot__bad" x="50.00%" y="3" width="6.25%"' in page
    assert Calendar.objects.get().weekly == WEEK


def test_buttons_change_the_form_and_save_nothing(desk: Client, calendar: Calendar) -> None:
    assert preview(desk, copy="mon").count('value="09:00–12:00, 13:30–18:00"') == 5
    assert preview(desk, always="1").count('value="00:00–24:00"') == 7
    assert 'value="09:00–12:00, 13:30–18:00"' in preview(desk, wed="9-8", instead="wed:09:00–12:00, 13:30–18:00")
    assert 'name="days-1-date"' in preview(desk, add="1")
    assert Calendar.objects.get().weekly == WEEK


def test_special_days_and_campaigns(desk: Client, calendar: Calendar) -> None:
    rows = [("2026-12-24", "instead", "9-12", "Noël"), ("2026-11-19", "extra", "19-21", ""), ("", "instead", "", "")]
    sent = {"days-TOTAL_FORMS": str(len(rows))}
    for n, row in enumerate(rows):
        sent |= {f"days-{n}-{name}": value for name, value in zip(("date", "kind", "hours", "why"), row, strict=True)}
    assert save(desk, **sent).status_code == 302
    saved = Calendar.objects.get()
    assert saved.exceptions == [{"date": "2026-12-24", "open": [["09:00", "12:00"]], "why": "Noël"}]
    assert saved.campaigns == [{"date": "2026-11-19", "from": "19:00", "until": "21:00"}]
    page = desk.get("/settings/hours/").content.decode()
    assert '<rect class="plot__extra" x="79.17%"' in page
    removed = sent | {"days-INITIAL_FORMS": "2", "days-0-DELETE": "on"}
    assert save(desk, **removed).status_code == 302
    assert (Calendar.objects.get().exceptions, len(Calendar.objects.get().campaigns)) == ([], 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("2026-12-24", "instead", ""), ("2026-12-24", "instead", "9-12")], "This day stands twice."),
        ([("2026-12-24", "extra", "")], "When is it open in addition?"),
        ([("yesterday", "instead", "")], "Enter a valid date."),
        ([("2026-12-24", "instead", "12-9")], "ends before it begins"),
    ],
)
def test_a_wrong_special_day_is_named(desk: Client, calendar: Calendar, rows: Any, words: str) -> None:
    sent = {"days-TOTAL_FORMS": str(len(rows))}
    for n, row in enumerate(rows):
        sent |= {f"days-{n}-{name}": value for name, value in zip(("date", "kind", "hours"), row, strict=True)}
    answer = save(desk, **sent)
    assert (answer.status_code, Calendar.objects.get().exceptions) == (422, [])
    assert words in answer.content.decode()


def test_holidays_are_ticked_one_by_one(desk: Client, calendar: Calendar) -> None:
    page = preview(desk, country="FR")
    assert 'name="closed" value="Noël" checked' in page
    listed = ["Noël", "Lundi de Pentecôte"]
    save(desk, country="FR", listed=listed, closed=["Noël"])
    assert Calendar.objects.get().holidays == {"country": "FR", "worked": ["Lundi de Pentecôte"]}
    save(desk, country="FR", listed=["Noël"], closed=["Noël"])  # what is not shown stays
    assert Calendar.objects.get().holidays["worked"] == ["Lundi de Pentecôte"]
    save(desk, country="")
    assert Calendar.objects.get().holidays == {}
    assert save(desk, country="XX").status_code == 422


def test_teams_and_channels_keep_hours_of_their_own(desk: Client, calendar: Calendar) -> None:
    team, channel = factories.team("evening"), factories.channel()
    assert save(desk, teams=[team.pk], channels=[channel.pk]).status_code == 302
    saved = Calendar.objects.get()
    assert (list(saved.teams.all()), list(saved.channels.all())) == ([team], [channel])
    factories.calendar(key="night", default=False)
    answer = save(desk, calendar="night", teams=[team.pk])
    assert answer.status_code == 422
    assert "A team keeps the hours “hours” already." in answer.content.decode()
    save(desk)
    assert (list(saved.teams.all()), list(saved.channels.all())) == ([], [])


def test_the_preview_tells_what_would_be_promised(desk: Client, calendar: Calendar) -> None:
    factories.shop().promised_reply = 4 * 3600
    before = " ".join(preview(desk).split())
    assert "promised for <b>on Friday 20 November before 00:00</b>" not in before
    changed = " ".join(preview(desk, thu="9-18").split())
    assert "An e-mail arriving now would be promised for <b>today before 14:42</b>." in changed
    assert "With the hours in force" in changed
    tried = " ".join(preview(desk, thu="9-18", moment="2026-11-26T09:00").split())
    assert "today before 13:00" in tried
    assert Calendar.objects.get().weekly == WEEK


def test_htmx_gets_the_parts_that_change(desk: Client, calendar: Calendar) -> None:
    answer = desk.post("/settings/hours/preview/", FIELDS | {"mon": "9-8"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.count("<hx-partial") == 18
    assert "<html" not in page


def test_further_hours_begin_as_those_shown(desk: Client, calendar: Calendar) -> None:
    assert desk.post("/settings/hours/add/", {"calendar": "hours", "key": "Le soir"}).status_code == 302
    made = Calendar.objects.get(key="le-soir")
    assert (made.weekly, made.default) == (WEEK, False)
    desk.post("/settings/hours/add/", {"calendar": "hours", "key": "le-soir"})
    assert Calendar.objects.count() == 2


def test_the_first_hours_are_the_shops_own(desk: Client) -> None:
    factories.shop()
    assert "Set opening hours" in desk.get("/settings/hours/").content.decode()
    desk.post("/settings/hours/add/", {"key": "hours"})
    assert Calendar.objects.get().default


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_costs_the_same_however_many_hours_there_are(
    desk: Client, calendar: Calendar, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        factories.calendar(key=f"more-{n}", default=False)
    desk.get("/settings/hours/")
    with django_assert_max_num_queries(25):
        desk.get("/settings/hours/")
