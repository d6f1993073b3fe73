"""KPIS section 3, one case each: the hours are drawn, the expected figure stands beside them."""

from datetime import UTC, datetime, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

import pytest

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


def test_hours_written_into_the_skipped_hour_are_those_the_clock_shows():
    night = calendar({"sun": [["02:30", "03:30"]]})
    assert open_seconds(night, paris(2026, 3, 29), paris(2026, 3, 30)) == 30 * 60
    assert next_opening(night, paris(2026, 3, 29)) == paris(2026, 3, 29, 3)


def test_a_repeated_hour_is_open_both_times():
    night = calendar({"sat": [["22:00", "26:30"]]})
    assert open_seconds(night, paris(2026, 10, 24, 12), paris(2026, 10, 25, 12)) == 5 * HOUR
    assert is_open(night, paris(2026, 10, 25, 2, 15))
    assert not is_open(night, paris(2026, 10, 25, 2, 45))
    assert is_open(night, paris(2026, 10, 25, 2, 15, fold=1))
    assert due(night, paris(2026, 10, 24, 22), 5 * HOUR) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_midnight_to_a_minute_before_loses_seven_minutes_a_week():
    almost = calendar({day: [["00:00", "23:59"]] for day in ALWAYS})
    week = paris(2026, 6, 1), paris(2026, 6, 8)
    assert (open_seconds(almost, *week), open_seconds(calendar(ALWAYS), *week)) == (10_073 * 60, 10_080 * 60)


def test_a_holiday_is_a_day_of_the_shop_not_of_utc():
    hours = calendar({"fri": [["00:00", "24:00"]]}, [{"date": "2026-12-25", "open": []}], zone="Pacific/Auckland")
    night_before = datetime(2026, 12, 24, 12, tzinfo=UTC)  # already the 25th in Auckland
    assert not is_open(hours, night_before)
    assert open_seconds(hours, datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)) == 0


def test_a_closed_week_across_the_turn_of_the_year():
    closed = [{"date": f"2026-12-{day}", "open": []} for day in (28, 29, 30, 31)]
    hours = office(("09:00", "17:00"))
    hours.exceptions = [*closed, {"date": "2027-01-01", "open": []}]
    assert open_seconds(hours, paris(2026, 12, 25, 16), paris(2027, 1, 4, 10)) == 2 * HOUR


def test_public_holidays_close_but_for_those_worked():
    hours = office(("09:00", "17:00"))
    hours.holidays = {"country": "FR"}
    whit_monday = paris(2026, 5, 25), paris(2026, 5, 26)
    assert open_seconds(hours, *whit_monday) == 0
    hours.holidays = {"country": "FR", "worked": ["Lundi de Pentecôte"]}
    assert open_seconds(hours, *whit_monday) == 8 * HOUR
    hours.exceptions = [{"date": "2026-12-25", "open": [["10:00", "11:00"]]}]
    assert open_seconds(hours, paris(2026, 12, 25), paris(2026, 12, 26)) == HOUR


def test_holidays_of_a_part_of_a_country():
    hours = office(("09:00", "17:00"))
    good_friday = paris(2026, 4, 3), paris(2026, 4, 4)
    hours.holidays = {"country": "FR"}
    assert open_seconds(hours, *good_friday) == 8 * HOUR
    hours.holidays = {"country": "FR", "subdivision": "57"}  # Moselle
    assert open_seconds(hours, *good_friday) == 0


def test_a_campaign_adds_to_its_day_only():
    """S68: a mail at 19:00, the chat open until 21:00 that day."""
    hours = office(("09:00", "18:00"))
    hours.campaigns = [{"date": "2026-11-19", "from": "19:00", "until": "21:00", "why": "Nuit d’hiver"}]
    days = [open_seconds(hours, paris(2026, 11, day), paris(2026, 11, day + 1)) / HOUR for day in (18, 19, 20)]
    assert days == [9, 11, 9]
    hours.exceptions = [{"date": "2026-11-19", "open": []}]
    assert open_seconds(hours, paris(2026, 11, 19), paris(2026, 11, 20)) == 2 * HOUR


def test_fractions_of_a_second_are_kept():
    hours = office(("09:00", "17:00"))
    start = paris(2026, 6, 3, 8, 59, 59, 250_000)
    assert open_seconds(hours, start, paris(2026, 6, 3, 9, 0, 0, 1)) == 0.000001
    assert open_seconds(hours, paris(2026, 6, 3, 16, 59, 59, 250_000), paris(2026, 6, 4, 9)) == 0.75
    assert due(hours, paris(2026, 6, 3, 16, 59, 59, 250_000), 1.5) == paris(2026, 6, 4, 9, 0, 0, 750_000)


def test_nothing_is_due_beyond_the_horizon():
    assert due(calendar(ALWAYS), paris(2026, 6, 3), 700 * 24 * HOUR) == paris(2026, 6, 3) + timedelta(days=700)
    assert due(calendar(ALWAYS), paris(2026, 6, 3), 900 * 24 * HOUR) is None


@pytest.mark.parametrize("year", [1971, 2009, 2100, 2199])
def test_any_year_can_be_counted(year):
    assert open_seconds(calendar(ALWAYS), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)) == (
        (366 if year % 4 == 0 and year % 100 else 365) * 24 * HOUR
    )


def test_an_answer_takes_no_time():
    """The budget is 0.1 ms; a loaded machine gets ten times as much here, `make bench` measures."""
    hours = office(("08:00", "12:00"), ("13:30", "18:00"))
    span = paris(2026, 6, 3, 12, 30), paris(2026, 11, 3, 13, 45)
    open_seconds(hours, *span)
    assert min(repeat(lambda: open_seconds(hours, *span), number=100, repeat=5)) / 100 < 0.001
