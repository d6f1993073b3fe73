"""Geometry and words of figures."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from metrics import charts
from metrics.numbers import delta, exact, parts, words
from metrics.periods import Against, Period, span
from metrics.staffing import agents_for, waits
from tests.metrics.timelines import drawn, scope

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (33, "33 s"), (116, "1 min 56 s"), (1140, "19 min"), (3600, "1 h"), (5580, "1 h 33 min"),
     (34920, "9 h 42 min"), (86400, "24 h"), (234000, "2 d 17 h"), (3660, "1 h 01 min")],
)  # fmt: skip
def test_lengths_have_at_most_two_units(seconds: int, shown: str) -> None:
    assert words(seconds, "seconds") == shown.replace(" ", "\u00a0")


def test_null_is_a_dash_and_zero_is_not() -> None:
    assert parts(None, "percent") == [("—", "")]
    assert parts(0, "percent") == [("0", "%")]
    with translation.override("fr"):
        assert words(86.44, "percent") == "86,4\u00a0%"
    assert exact(8309.4, "seconds") == "8309.4\u00a0s"


def test_points_for_percentages_and_percent_for_lengths() -> None:
    up, down = delta(86.4, 84.5, "percent", "higher"), delta(90, 100, "seconds", "lower")
    assert up is not None and down is not None
    assert (up.text, up.tone, down.text, down.tone) == ("↑ 1.9 pts", "good", "↓ 10\u00a0%", "good")
    assert delta(5, None, "count", "") is None
    assert delta(5, 0, "count", "") is None


def test_a_day_without_value_is_passed_over_and_is_no_zero() -> None:
    assert charts.spark([1.0, None, 3.0]).now == "M0.0 42.0h0L200.0 4.0"
    assert charts.path([(0.0, 1.0), None, (2.0, 3.0)]) == "M0.0 1.0h0M2.0 3.0h0"
    assert charts.spark([None]).now == ""


def test_a_logarithmic_axis_holds_what_is_beyond_it() -> None:
    assert [charts.log_place(x, 10, 1000, 100) for x in (1, 10, 100, 9999)] == [0.0, 0.0, pytest.approx(50), 100.0]


@pytest.mark.parametrize(
    ("period", "against", "days", "before"),
    [
        (Period.FOUR_WEEKS, Against.PREVIOUS, ("2026-10-22", "2026-11-19"), ("2026-09-24", "2026-10-22")),
        (Period.WEEK, Against.YEAR, ("2026-11-12", "2026-11-19"), ("2025-11-13", "2025-11-20")),
        (Period.TODAY, Against.PREVIOUS, ("2026-11-19", "2026-11-20"), None),
        (Period.QUARTER, Against.NOTHING, ("2026-10-01", "2026-11-19"), None),
    ],
)
def test_periods_end_with_the_last_complete_day(
    period: Period, against: Against, days: tuple[str, str], before: tuple[str, str] | None
) -> None:
    found = span(period, against, TODAY, PARIS)
    assert (str(found.window.since), str(found.window.until)) == days
    assert (found.before and (str(found.before.since), str(found.before.until))) == before


def test_erlang_c_against_the_textbook() -> None:
    assert round(waits(11, 10), 4) == 0.6821  # 10 erlangs, 11 agents
    assert agents_for(200, handling=180, target=20, share=0.8) == 14
    assert agents_for(0, handling=180, target=20, share=0.8) == 0


@pytest.mark.django_db
def test_hours_of_the_week_by_the_shops_clock() -> None:
    from metrics.heat import demand
    from metrics.refresh import catch_up

    drawn("2026-10-25 02:30")  # the hour that comes twice
    drawn("2026-10-26 09:10")
    drawn("2026-10-19 09:50")
    catch_up()
    assert demand(scope("2026-10-01", "2026-11-01")) == {(6, 2): 1, (0, 9): 2}
