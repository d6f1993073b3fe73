"""KPIS section 3, one case each: the hours are drawn, the expected figure stands beside them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hours.clock import due, is_open, next_opening, open_seconds
from hours.models import Calendar

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ALWAYS = {day: [["00:00", "24:00"]] for day in (*WEEKDAYS, "sat", "sun")}


def calendar(weekly, exceptions=(), zone="Europe/Paris"):
    return Calendar(key="c", timezone=zone, weekly=weekly, exceptions=list(exceptions))


def office(*spans):
    return calendar({day: [list(span) for span in spans] for day in WEEKDAYS})


def paris(*parts, fold=0):
    return datetime(*parts, tzinfo=PARIS, fold=fold)


def test_spring_night_has_its_true_length():
    assert open_seconds(calendar(ALWAYS), paris(2026, 3, 28, 23), paris(2026, 3, 29, 10)) == 10 * HOUR


def test_autumn_night_has_its_true_length():
    assert open_seconds(calendar(ALWAYS), paris(2026, 10, 24, 23), paris(2026, 10, 25, 10)) == 12 * HOUR


def test_hours_across_the_spring_jump():
    night = calendar({"sun": [["01:00", "05:00"]]})
    assert open_seconds(night, paris(2026, 3, 29), paris(2026, 3, 30)) == 3 * HOUR


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)])
def test_always_open_counts_the_day_as_long_as_it_is(day, hours):
    start = datetime(*day, tzinfo=PARIS)
    end = start + timedelta(days=1)  # the same wall clock a day later
    assert open_seconds(calendar(ALWAYS), start, end) == hours * HOUR


def test_always_open_is_a_whole_week():
    assert open_seconds(calendar(ALWAYS), paris(2026, 6, 1), paris(2026, 6, 8)) == 7 * 24 * HOUR


def test_friday_evening_spills_into_monday():
    assert due(office(("08:00", "17:00")), paris(2026, 6, 5, 16), 4 * HOUR) == paris(2026, 6, 8, 11)
    assert due(office(("09:00", "17:00")), paris(2026, 6, 5, 17), 8 * HOUR) == paris(2026, 6, 8, 17)


def test_a_holiday_is_closed():
    hours = office(("09:00", "17:00"))
    hours.exceptions = [{"date": "2026-12-25", "open": []}]
    assert open_seconds(hours, paris(2026, 12, 24, 16), paris(2026, 12, 28, 10)) == 2 * HOUR


def test_half_day_and_exceptional_sunday_replace_the_weekly_hours():
    hours = office(("09:00", "17:00"))
    hours.exceptions = [
        {"date": "2026-12-24", "open": [["09:00", "13:00"]]},
        {"date": "2026-12-20", "open": [["10:00", "12:00"]]},
    ]
    assert open_seconds(hours, paris(2026, 12, 24), paris(2026, 12, 25)) == 4 * HOUR
    assert open_seconds(hours, paris(2026, 12, 20), paris(2026, 12, 21)) == 2 * HOUR


def test_answered_while_closed_is_no_open_time():
    assert open_seconds(office(("09:00", "18:00")), paris(2026, 6, 3, 18, 30), paris(2026, 6, 3, 19, 10)) == 0


def test_lunch_does_not_count():
    split = office(("08:00", "12:00"), ("13:30", "18:00"))
    assert open_seconds(split, paris(2026, 6, 3, 12, 30), paris(2026, 6, 3, 13, 45)) == 15 * 60


@pytest.mark.parametrize("night", [[["22:00", "26:00"]], [["22:00", "24:00"], ["24:00", "26:00"]]])
def test_a_night_shift_passes_midnight(night):
    hours = calendar({"wed": night})
    assert open_seconds(hours, paris(2026, 6, 3, 23, 30), paris(2026, 6, 4, 1, 15)) == 105 * 60


def test_an_exception_leaves_the_tail_of_the_night_before():
    hours = calendar({"wed": [["22:00", "26:00"]], "thu": [["09:00", "12:00"]]}, [{"date": "2026-06-04", "open": []}])
    assert open_seconds(hours, paris(2026, 6, 4), paris(2026, 6, 5)) == 2 * HOUR


def test_overlaps_count_once():
    hours = calendar({"wed": [["09:00", "12:00"], ["11:00", "13:00"]]})
    assert open_seconds(hours, paris(2026, 6, 3), paris(2026, 6, 4)) == 4 * HOUR


def test_never_open_is_never_due():
    assert due(calendar({}), paris(2026, 6, 3), 1) is None
    assert open_seconds(calendar({}), paris(2026, 6, 3), paris(2026, 7, 3)) == 0
    assert next_opening(calendar({}), paris(2026, 6, 3)) is None


def test_nothing_to_wait_for_is_due_at_the_next_open_second():
    hours = office(("09:00", "17:00"))
    assert due(hours, paris(2026, 6, 3, 10), 0) == paris(2026, 6, 3, 10)
    assert due(hours, paris(2026, 6, 6, 10), 0) == paris(2026, 6, 8, 9)


def test_open_now_and_next_opening():
    hours = office(("09:00", "17:00"))
    assert is_open(hours, paris(2026, 6, 3, 9))
    assert not is_open(hours, paris(2026, 6, 3, 17))
    assert next_opening(hours, paris(2026, 6, 5, 17)) == paris(2026, 6, 8, 9)
    assert next_opening(hours, paris(2026, 6, 3, 12)) is None


def test_a_negative_span_is_nothing():
    assert open_seconds(calendar(ALWAYS), paris(2026, 6, 4), paris(2026, 6, 3)) == 0


clocks = st.integers(0, 30 * 4).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")
spans = st.lists(st.tuples(clocks, clocks).map(sorted).map(list), max_size=3)
weeks = st.fixed_dictionaries(dict.fromkeys(ALWAYS, spans))
instants = st.datetimes(datetime(2026, 3, 20), datetime(2026, 4, 5)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC)
)


@given(weeks, instants, st.integers(0, 24 * 60))
@settings(max_examples=60, deadline=None)
def test_equal_to_counting_minutes(weekly, start, minutes):
    """A minute-by-minute oracle across the spring jump: a minute is open when its local clock lies in an interval."""
    hours = calendar(weekly)
    expected = sum(60 for n in range(minutes) if _oracle(weekly, start + timedelta(minutes=n)))
    assert open_seconds(hours, start, start + timedelta(minutes=minutes)) == expected


@given(weeks, instants, st.integers(1, 8 * HOUR))
@settings(max_examples=60, deadline=None)
def test_due_is_the_inverse_of_open_seconds(weekly, start, seconds):
    hours = calendar(weekly)
    end = due(hours, start, seconds)
    if end is not None:
        assert open_seconds(hours, start, end) == seconds
        assert open_seconds(hours, start, end - timedelta(seconds=1)) == seconds - 1


def _oracle(weekly, minute):
    day_names = [*WEEKDAYS, "sat", "sun"]
    local_day = minute.astimezone(PARIS).date()
    for day in (local_day - timedelta(days=1), local_day):
        for opens, closes in weekly[day_names[day.weekday()]]:
            if _utc(day, opens) <= minute < _utc(day, closes):
                return True
    return False


def _utc(day, clock):
    hours, minutes = map(int, clock.split(":"))
    local = datetime(day.year, day.month, day.day, tzinfo=PARIS) + timedelta(days=hours // 24)
    return local.replace(hour=hours % 24, minute=minutes).astimezone(UTC)
