"""How hours change: versions with their dates, teams; the same figures from SQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import DateTimeField, Value
from django.utils import timezone

from customers.models import Order
from helpdesk.lib.refused import Refused
from hours import clock
from hours.actions import keep_for, make_default, set_hours
from hours.models import Calendar
from hours.sql import open_seconds
from tests import factories

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
SHORT = {"mon": [["09:00", "12:00"]]}
LONG = {"mon": [["08:00", "20:00"]]}


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc, arg-type]


@pytest.fixture
def calendar() -> Calendar:
    return factories.calendar(key="hours", weekly=SHORT)


def hours_of_mondays(calendar: Calendar) -> list[float]:
    """Open hours of four Mondays in June 2026."""
    days = [paris(2026, 6, day) for day in (1, 8, 15, 22)]
    return [clock.open_seconds(calendar, day, day + timedelta(days=1)) / HOUR for day in days]


def test_the_past_keeps_the_hours_then_in_force(calendar: Calendar) -> None:
    assert set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    assert hours_of_mondays(calendar) == [3, 3, 12, 12]
    assert hours_of_mondays(Calendar.objects.get()) == [3, 3, 12, 12]
    assert calendar.weekly == LONG
    assert calendar.in_force(paris(2026, 6, 9)).weekly == SHORT
    assert clock.due(calendar, paris(2026, 6, 8, 9), 5 * HOUR) == paris(2026, 6, 15, 10)


def test_a_change_in_the_middle_of_a_day(calendar: Calendar) -> None:
    set_hours(calendar, valid_from=paris(2026, 6, 8, 10, 30), weekly={"mon": [["14:00", "16:00"]]})
    assert hours_of_mondays(calendar) == [3, 3.5, 2, 2]


def test_a_new_zone_counts_from_its_day(calendar: Calendar) -> None:
    """KPIS section 3, case 10: sum per interval."""
    set_hours(calendar, valid_from=paris(2026, 6, 8), timezone="America/New_York")
    assert clock.is_open(calendar, paris(2026, 6, 1, 10))
    assert not clock.is_open(calendar, paris(2026, 6, 8, 10))
    assert clock.is_open(calendar, paris(2026, 6, 8, 16))  # 10:00 there
    assert clock.open_seconds(calendar, paris(2026, 6, 1, 11), paris(2026, 6, 8, 16)) == 2 * HOUR


def test_the_same_again_changes_nothing(calendar: Calendar) -> None:
    assert not set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=SHORT)
    set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    stamp = Calendar.objects.get().stamp
    assert not set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    assert not set_hours(calendar, valid_from=paris(2026, 7, 10), weekly=LONG)
    assert Calendar.objects.get().stamp == stamp
    assert set_hours(calendar, valid_from=None, weekly=SHORT)
    assert (hours_of_mondays(calendar), calendar.stamp, calendar.earlier.count()) == ([3, 3, 3, 3], None, 0)


def test_from_a_date_on_replaces_what_was_planned_for_later(calendar: Calendar) -> None:
    set_hours(calendar, valid_from=paris(2026, 6, 18), weekly={})
    set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    assert hours_of_mondays(calendar) == [3, 3, 12, 12]
    set_hours(calendar, valid_from=paris(2026, 6, 18), exceptions=[{"date": "2026-06-22", "open": []}])
    assert hours_of_mondays(calendar) == [3, 3, 12, 0]
    set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=SHORT)
    assert hours_of_mondays(calendar) == [3, 3, 3, 3]
    assert calendar.earlier.count() == 0


def test_every_process_sees_the_change(calendar: Calendar) -> None:
    """What a process remembers of earlier hours is named by a stamp that comes with the row."""
    set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    known = Calendar.objects.get()
    assert hours_of_mondays(known) == [3, 3, 12, 12]
    set_hours(Calendar.objects.get(), valid_from=paris(2026, 6, 3), weekly={})
    assert hours_of_mondays(Calendar.objects.get()) == [3, 0, 0, 0]


def test_a_simple_calendar_costs_no_query(calendar: Calendar, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        hours_of_mondays(calendar)
    set_hours(calendar, valid_from=paris(2026, 6, 10), weekly=LONG)
    with django_assert_num_queries(1):
        hours_of_mondays(calendar)
        hours_of_mondays(calendar)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekly": {"lun": []}}, "weekly.lun"),
        ({"weekly": {"mon": [["18:00", "09:00"]]}}, "weekly"),
        ({"weekly": []}, "weekly"),
        ({"timezone": "Paris"}, "timezone"),
        ({"exceptions": [{"date": "2026-12-24", "open": []}] * 2}, "exceptions"),
        ({"exceptions": [{"date": "20261224", "open": []}]}, "exceptions"),
        ({"holidays": {"country": "XX"}}, "holidays.country"),
        ({"holidays": {"country": "FR", "subdivision": "CA"}}, "holidays.subdivision"),
        ({"holidays": {"country": "FR", "worked": "all"}}, "holidays.worked"),
        ({"campaigns": [{"date": "2026-11-19", "from": "21:00", "until": "19:00"}]}, "campaigns"),
        ({"campaigns": [{"date": "2026-11-19"}]}, "campaigns"),
    ],
)
def test_wrong_hours_name_the_field_and_change_nothing(calendar: Calendar, change: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        set_hours(calendar, valid_from=timezone.now(), **change)
    assert refused.value.field == field
    assert Calendar.objects.get().weekly == SHORT


def test_a_new_calendar_is_in_force_since_ever() -> None:
    made = Calendar(key="new", shop=factories.shop(), timezone="Europe/Paris")
    assert set_hours(made, valid_from=paris(2026, 6, 10), weekly=LONG)
    assert hours_of_mondays(Calendar.objects.get()) == [12, 12, 12, 12]


def test_a_shop_has_one_default_and_a_team_one_calendar(calendar: Calendar) -> None:
    night = factories.calendar(key="night", default=False)
    make_default(night)
    assert list(Calendar.objects.filter(default=True)) == [night]
    team = factories.team("evening")
    keep_for(night, [team])
    with pytest.raises(Refused) as refused:
        keep_for(calendar, [team])
    assert refused.value.field == "teams"
    keep_for(night, [])
    keep_for(calendar, [team])
    assert list(team.calendars.all()) == [calendar]


# --- SQL ------------------------------------------------------------------------------------------------------------


def test_sql_counts_as_the_clock_does(calendar: Calendar) -> None:
    set_hours(calendar, valid_from=paris(2026, 6, 10, 9, 30), weekly=LONG, holidays={"country": "FR"})
    customer, middle = factories.customer(), paris(2026, 6, 8, 10, 0, 0, 1)
    for n in range(60):
        factories.order(customer, placed_at=middle + timedelta(hours=17.3 * (n - 30), microseconds=n))
    since = open_seconds("placed_at", Value(middle, DateTimeField()), calendar)
    until = open_seconds(Value(middle, DateTimeField()), "placed_at", calendar)
    rows = Order.objects.annotate(since=since, until=until)
    assert [row.since for row in rows] == [clock.open_seconds(calendar, row.placed_at, middle) for row in rows]
    assert [row.until for row in rows] == [clock.open_seconds(calendar, middle, row.placed_at) for row in rows]
    assert {row.since == 0 for row in rows} == {row.until == 0 for row in rows} == {True, False}


def test_sql_says_nothing_outside_its_range(calendar: Calendar) -> None:
    order, now = factories.order(factories.customer(), placed_at=paris(2009, 6, 1)), timezone.now()
    end = Value(now, DateTimeField())
    assert Order.objects.annotate(open=open_seconds("placed_at", end, calendar)).get().open is None
    wider = open_seconds("placed_at", end, calendar, since=datetime(2005, 1, 1, tzinfo=UTC))
    assert Order.objects.annotate(open=wider).get().open == clock.open_seconds(calendar, order.placed_at, now)
