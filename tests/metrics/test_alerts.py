"""A day unlike its days makes one alert; usual weeks, small changes, promotions, first weeks make none (S21, S103)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Role
from metrics.alerts import close, evidence, headline, judge
from metrics.deviations import Day, rise, spike
from metrics.models import Alert
from metrics.refresh import catch_up
from tests import factories
from tests.metrics.timelines import drawn
from tickets.models import Notification, Reason

MONDAY = date(2026, 3, 2)


def days(values: list[float], n: int = 20, first: date = MONDAY) -> list[Day]:
    return [Day(first + timedelta(days=i), value, n) for i, value in enumerate(values)]


def last(*values: float, n: int = 20) -> Any:
    *before, day = days(list(values), n)
    return rise(before, day)


def test_three_minutes_for_a_fortnight_then_ten() -> None:
    found = last(*[180] * 14, 600)
    assert round(found.expected) == 180
    assert found.high < 600


def test_three_minutes_then_three_point_three() -> None:
    assert last(*[180] * 14, 198) is None


def test_weekends_are_held_against_weekends() -> None:
    week = [180] * 5 + [1800, 1800]
    assert last(*week, *week, *[180] * 5, 1800) is None


def test_few_answers_of_a_weekend_stray_farther_than_many_of_a_weekday() -> None:
    values = [175, 186, 180, 174, 187, 120, 150, 186, 175, 174, 180, 180, 260, 200, 180, 180, 175, 186, 174, 200]
    history = [Day(one.day, one.value, 5 if one.day.weekday() > 4 else 80) for one in days(values)]
    sunday = MONDAY + timedelta(days=20)
    assert rise(history, Day(sunday, 400, 5)) is None
    assert rise(history, Day(sunday, 400, 80)) is not None


def test_days_that_always_differ_are_no_news() -> None:
    assert last(180, 400, 90, 300, 150, 500, 100, 350, 120, 480, 200, 90, 410, 130, 420) is None


def test_the_first_week_has_nothing_to_be_held_against() -> None:
    assert last(*[180] * 7, 600) is None


def test_a_known_promotion_is_no_news() -> None:
    *before, day = days([180] * 14 + [600])
    assert rise(before, Day(day.day, day.value, day.n, special=True)) is None


def test_a_few_answers_prove_nothing() -> None:
    assert last(*[180] * 14, 600, n=4) is None


def test_a_reason_rises() -> None:
    usual = [Day(MONDAY + timedelta(days=i), None, n) for i, n in enumerate([2, 3, 2, 4, 3, 2, 1] * 2)]
    monday = MONDAY + timedelta(days=14)
    assert spike(usual, Day(monday, None, 15)) is not None
    assert spike(usual, Day(monday, None, 5)) is None
    assert spike(usual[:7], Day(monday, None, 15)) is None


# --- Through the database ------------------------------------------------------------------------------------------


def a_fortnight(minutes: int, *then: int) -> date:
    """Six chats a day answered after so many minutes, then days of others. Returns the first of these."""
    for i, wait in enumerate([*[minutes] * 14, *then]):
        day = MONDAY + timedelta(days=i)
        for hour in range(10, 16):
            answered = datetime(day.year, day.month, day.day, hour) + timedelta(minutes=wait)
            drawn(f"{day} {hour}:00", (f"{answered:%Y-%m-%d %H:%M}", "agent"), channel_kind="chat")
    catch_up()
    return MONDAY + timedelta(days=14)


@pytest.mark.django_db
def test_an_overnight_jump_makes_exactly_one_alert_and_tells_each_manager_once() -> None:
    manager = factories.user(role=Role.MANAGER, language="en")
    factories.user(role=Role.AGENT)
    shop, day = factories.shop(), a_fortnight(3, 10)
    assert len(judge(shop, day)) == 1
    assert judge(shop, day) == []
    assert judge(shop, day + timedelta(days=1)) == []
    alert = Alert.objects.get()
    assert (alert.channel, alert.slug, alert.value, alert.expected, alert.n, alert.tone) == (
        "chat", "first_response_time", 600, 180, 6, "bad"
    )  # fmt: skip
    assert headline(alert) == "Chat: First response time went from 3\u00a0min to 10\u00a0min"
    assert evidence(alert) == (
        "/figures/kpi/first_response_time/?period=custom&since=2026-03-16&until=2026-03-16&shop=main&channel=chat"
    )
    assert [(one.user, one.text) for one in Notification.objects.all()] == [(manager, headline(alert))]


@pytest.mark.django_db
@pytest.mark.parametrize(("then", "told"), [([10] * 9, [0]), ([10, *[3] * 8, 10], [0, 9])])
def test_what_stays_as_slow_is_told_once_and_again_after_a_usual_day(then: list[int], told: list[int]) -> None:
    day = a_fortnight(3, *then)
    judged = [judge(factories.shop(), day + timedelta(days=i)) for i in range(len(then))]
    assert [i for i, found in enumerate(judged) if found] == told


@pytest.mark.django_db
def test_a_small_change_makes_none() -> None:
    assert judge(factories.shop(), a_fortnight(10, 11)) == []


@pytest.mark.django_db
def test_a_campaign_of_the_calendar_makes_none() -> None:
    campaign = {"date": "2026-03-16", "from": "19:00", "until": "21:00", "why": "Soldes"}
    factories.calendar(campaigns=[campaign])
    assert judge(factories.shop(), a_fortnight(3, 10)) == []


@pytest.mark.django_db
def test_many_compliments_are_good_news() -> None:
    praise = Reason.objects.create(key="praise", what="Compliment", why="Aide", polarity=1)
    for i in range(15):
        day = MONDAY + timedelta(days=i)
        for n in range(12 if i == 14 else 1):
            drawn(f"{day} 10:{n:02}", reason=praise)
    catch_up()
    found = judge(factories.shop(), MONDAY + timedelta(days=14))
    assert [(one.slug, one.reason, one.value, one.tone) for one in found] == [("tickets_opened", praise, 12, "good")]
    assert found[0].history == [1.0] * 14


@pytest.mark.django_db
def test_putting_an_alert_away_keeps_its_cause() -> None:
    judge(factories.shop(), a_fortnight(3, 10))
    by = factories.user(role=Role.MANAGER)
    alert = close(Alert.objects.get(), by=by, cause="Thomas was alone")
    first = alert.closed_at
    close(alert, by=factories.admin())
    assert (alert.cause, alert.closed_at, alert.closed_by) == ("Thomas was alone", first, by)


@pytest.mark.django_db
def test_a_reason_is_called_as_its_reader_calls_it() -> None:
    names = {"names": {"en": {"what": "Delivery", "why": "Carrier is late"}}}
    reason = Reason.objects.create(key="late-en", what="Livraison", why="Transporteur en retard", extra=names)
    alert = Alert(slug="tickets_opened", reason=reason, value=9, expected=2)
    assert headline(alert) == "Delivery › Carrier is late: 9 tickets in a day instead of 2"
    with translation.override("fr"):
        assert headline(alert).startswith("Livraison › Transporteur en retard")
