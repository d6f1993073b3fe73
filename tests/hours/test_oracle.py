"""The clock against an independent one that looks at the wall every minute, across odd clock changes and versions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import DateTimeField, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hours import clock
from hours.actions import set_hours
from hours.models import Calendar
from hours.sql import open_seconds as in_sql
from tests import factories

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
# Zones with an hour, half an hour or no change, an offset in quarters, a change twice around Ramadan.
CHANGES = {
    "Europe/Paris": (datetime(2026, 3, 29), datetime(2026, 10, 25)),
    "America/New_York": (datetime(2026, 3, 8), datetime(2026, 11, 1)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4), datetime(2026, 10, 3)),
    "Asia/Kathmandu": (datetime(2026, 4, 4),),
    "Africa/Casablanca": (datetime(2026, 2, 15), datetime(2026, 3, 22)),
}
few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

clocks = st.integers(0, 48 * 12).map(lambda fives: f"{fives // 12:02d}:{fives % 12 * 5:02d}")
ordered = st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(sorted)
spans = st.one_of(st.lists(ordered, max_size=3), st.just([["00:00", "24:00"]]), st.just([["22:00", "26:30"]]))
weeks = st.fixed_dictionaries(dict.fromkeys(DAYS, spans))


@st.composite
def hours_around_a_change(draw):
    """(calendar, a start in UTC within three days of a clock change of its zone)"""
    zone = draw(st.sampled_from(list(CHANGES)))
    middle = draw(st.sampled_from(CHANGES[zone])).replace(tzinfo=UTC)
    dates = st.integers(-4, 4).map(lambda days: (middle + timedelta(days=days)).date().isoformat())
    exceptions = draw(st.lists(st.tuples(dates, spans), max_size=3, unique_by=lambda one: one[0]))
    campaigns = draw(st.lists(st.tuples(dates, ordered), max_size=2))
    calendar = Calendar(
        key="c",
        timezone=zone,
        weekly=draw(weeks),
        exceptions=[{"date": day, "open": opens} for day, opens in exceptions],
        campaigns=[{"date": day, "from": span[0], "until": span[1]} for day, span in campaigns],
    )
    return calendar, middle + draw(st.integers(-72 * 60, 72 * 60)) * MINUTE


def shows_open(hours, at):
    """Whether the wall clock of the zone shows a time within the hours of its date or of the two dates before."""
    local = at.astimezone(ZoneInfo(hours.timezone))
    for back in range(3):
        day = local.date() - timedelta(days=back)
        shown = (back * 24 + local.hour) * 60 + local.minute
        if any(_minutes(opens) <= shown < _minutes(closes) for opens, closes in _written(hours, day)):
            return True
    return False


def _written(hours, day):
    extra = [(one["from"], one["until"]) for one in hours.campaigns if one["date"] == day.isoformat()]
    for one in hours.exceptions:
        if one["date"] == day.isoformat():
            return [*one["open"], *extra]
    return [*hours.weekly.get(DAYS[day.weekday()], []), *extra]


def _minutes(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


@given(hours_around_a_change(), st.integers(0, 3 * 24 * 60))
@few
def test_open_time_is_the_count_of_open_minutes(drawn, minutes):
    calendar, start = drawn
    expected = sum(60 for n in range(minutes) if shows_open(calendar, start + n * MINUTE))
    assert clock.open_seconds(calendar, start, start + minutes * MINUTE) == expected


@given(hours_around_a_change(), st.integers(0, 24 * 60), st.timedeltas(timedelta(0), timedelta(hours=8)))
@few
def test_parts_of_minutes_and_seconds_add_up(drawn, minutes, rest):
    calendar, start = drawn
    middle = start + minutes * MINUTE + timedelta(microseconds=1)
    end = middle + rest
    parts = clock.open_seconds(calendar, start, middle) + clock.open_seconds(calendar, middle, end)
    assert round(parts, 6) == clock.open_seconds(calendar, start, end)
    assert clock.is_open(calendar, middle) == shows_open(calendar, middle)


@given(hours_around_a_change(), st.floats(0.000001, 200_000))
@few
def test_due_is_the_first_instant_by_which_the_time_has_passed(drawn, seconds):
    calendar, start = drawn
    end, seconds = clock.due(calendar, start, seconds), round(seconds, 6)
    if end is None:
        assert clock.open_seconds(calendar, start, start + clock.HORIZON) < seconds
    else:
        assert clock.open_seconds(calendar, start, end) == seconds
        assert clock.open_seconds(calendar, start, end - timedelta(microseconds=1)) < seconds


@given(hours_around_a_change())
@few
def test_intervals_open_and_close_as_the_clock_shows(drawn):
    calendar, start = drawn
    for opens, closes in clock.intervals(calendar, start):
        if opens > start + timedelta(days=6):
            break
        for edge, open_after in ((opens, True), (closes, False)):
            assert shows_open(calendar, edge) == open_after
            assert shows_open(calendar, edge - timedelta(seconds=1)) != open_after or edge < start
        assert clock.next_opening(calendar, opens) is None


@given(hours_around_a_change(), weeks, weeks, st.integers(0, 3 * 24 * 60), st.integers(0, 40 * 3600))
@few
@pytest.mark.django_db
def test_each_moment_counts_by_the_hours_then_in_force(drawn, second, third, minutes, after):
    """KPIS section 3, case 9: the hours change twice, at any second, while the time runs."""
    first, start = drawn
    calendar = factories.calendar(key="versions") if not Calendar.objects.exists() else Calendar.objects.get()
    set_hours(calendar, valid_from=None, **{name: getattr(first, name) for name in FIELDS})
    changes = [start + timedelta(seconds=after), start + timedelta(seconds=after * 2 + 1)]
    for at, weekly in zip(changes, (second, third), strict=True):
        set_hours(calendar, valid_from=at, weekly=weekly)
    calendar = Calendar.objects.get()
    end = start + minutes * MINUTE
    eras = [(start, first.weekly), (changes[0], second), (changes[1], third)]
    expected = 0.0
    for n, (since, weekly) in enumerate(eras):
        until = min(end, eras[n + 1][0] if n < 2 else end)
        alone = Calendar(**{name: getattr(first, name) for name in FIELDS} | {"weekly": weekly})
        expected += _counted(alone, since, until)
    assert clock.open_seconds(calendar, start, end) == expected
    around = {"since": start - timedelta(days=9), "until": end + timedelta(days=9)}
    in_query = in_sql(Value(start, DateTimeField()), Value(end, DateTimeField()), calendar, **around)
    assert Calendar.objects.annotate(open=in_query).get().open == expected


FIELDS = ("timezone", "weekly", "exceptions", "holidays", "campaigns")


def _counted(hours, since, until):
    """Seconds, minute by minute; the first and last may be parts of one."""
    total, at = 0, since
    while at < until:
        following = min(until, at.replace(second=0, microsecond=0) + MINUTE)
        total += (following - at).total_seconds() if shows_open(hours, at) else 0
        at = following
    return total


def _value(at):
    from django.db.models import DateTimeField, Value

    return Value(at, DateTimeField())
