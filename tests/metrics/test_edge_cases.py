"""The edge cases of KPIS section 3, one test a number: a timeline drawn by hand and the figure worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Shop
from customers.models import Customer, Order
from metrics.answers import answer
from metrics.cards import Card
from metrics.kpis import KPIS
from metrics.models import DirtyTicket, FigureSettings, TicketFacts
from metrics.ratios import root
from metrics.refresh import catch_up
from metrics.scope import Group
from surveys.models import Kind, Survey
from surveys.responses import answer as answer_survey
from tests import factories
from tests.metrics.timelines import at, colleague, drawn, figure, scope, value
from tickets.models import Deadline, Event, Message, Promise, Ticket

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = 60, 3600, 86_400


def hours(**weekly: list[list[str]]) -> None:
    """The shop's opening hours; days not named are closed."""
    factories.calendar(weekly=weekly, exceptions=[])


OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_01_the_spring_night_has_one_hour_less() -> None:
    drawn("2026-03-28 23:00", ("2026-03-29 10:00", "agent"))
    assert value("first_response_time") == 10 * HOUR


def test_02_the_autumn_night_has_one_hour_more() -> None:
    drawn("2026-10-24 23:00", ("2026-10-25 10:00", "agent"))
    assert value("first_response_time") == 12 * HOUR


def test_03_hours_across_the_spring_night() -> None:
    hours(sun=[["01:00", "05:00"]])
    drawn("2026-03-28 23:00", ("2026-03-29 10:00", "agent"))
    assert value("first_response_time", clock="business") == 3 * HOUR


def test_04_round_the_clock_loses_no_minute() -> None:
    hours(**{day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})
    drawn("2026-05-04 00:00", ("2026-05-11 00:00", "agent"))
    assert value("first_response_time", clock="business") == 10_080 * MINUTE


def test_06_a_holiday_is_closed() -> None:
    factories.calendar(weekly=OFFICE, exceptions=[{"date": "2026-12-25", "open": []}])
    drawn("2026-12-24 16:00", ("2026-12-28 10:00", "agent"))
    assert value("first_response_time", until="2027-01-01", clock="business") == 2 * HOUR


def test_07_answered_while_closed_is_nought_and_stays_in_the_mean() -> None:
    hours(**OFFICE)
    drawn("2026-05-05 18:30", ("2026-05-05 19:10", "agent"))
    drawn("2026-05-06 10:00", ("2026-05-06 11:00", "agent"))
    assert value("first_response_time") == (40 + 60) * MINUTE / 2
    assert value("first_response_time", clock="business") == 60 * MINUTE / 2
    assert figure("first_response_time", clock="business").n == 2


def test_08_lunch_and_a_night_shift() -> None:
    hours(tue=[["08:00", "12:00"], ["13:30", "18:00"], ["22:00", "26:00"]])
    drawn("2026-05-05 12:30", ("2026-05-05 13:45", "agent"))
    drawn("2026-05-05 23:30", ("2026-05-06 01:15", "agent"))
    assert value("first_response_time", clock="business") == (15 + 105) * MINUTE / 2


def test_11_days_are_the_shops_own() -> None:
    drawn("2026-05-31 23:30")
    assert value("tickets_opened", "2026-05-31", "2026-06-01") == 1
    assert value("tickets_opened", "2026-06-01", "2026-06-02") == 0


def test_12_a_reply_at_the_very_second_of_its_target_is_met_and_percentiles_are_continuous() -> None:
    for minutes in (2, 3, 5, 40, 600):
        drawn("2026-05-05 00:00", (f"2026-05-05 {minutes // 60:02}:{minutes % 60:02}", "agent"))
    found = figure("first_response_time")
    assert (found.mean, found.median) == (130 * MINUTE, 5 * MINUTE)
    assert figure("first_response_time", "2026-06-01", "2026-07-01").value is None


def test_12_percentiles_of_one_to_ten() -> None:
    for minutes in range(1, 11):
        drawn("2026-05-05 10:00", (f"2026-05-05 10:{minutes:02}", "agent"))
    found = figure("first_response_time")
    assert found.median == 5.5 * MINUTE
    assert found.p90 == 546  # 9.1 minutes, to the last digit


def test_13_mean_response_by_the_source_and_per_reply() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 10:10", "agent"),
        ("2026-05-05 11:00", "customer"),
        ("2026-05-05 11:20", "agent"),
    )
    drawn("2026-05-05 10:00", ("2026-05-05 10:30", "agent"))
    assert value("response_time") == 30 * MINUTE
    assert figure("response_time").extra["per_reply"]["mean"] == 20 * MINUTE
    drawn("2026-05-05 12:00")
    found = figure("response_time")
    assert (found.value, found.n) == (30 * MINUTE, 2)
    assert found.extra["literal"] == {"value": 60 / 3 * MINUTE, "n": 3}


def test_14_the_wait_begins_with_the_first_unanswered_message() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 10:10", "customer"),
        ("2026-05-05 10:20", "customer"),
        ("2026-05-05 10:30", "agent"),  # 30 minutes
        ("2026-05-05 10:35", "agent"),  # nobody waited
        ("2026-05-05 11:00", "customer"),
        ("2026-05-05 11:10", "agent"),  # 10 minutes
    )
    assert figure("response_time").extra["per_reply"]["n"] == 2
    assert value("response_time") == 40 * MINUTE


def test_15_neither_a_robot_nor_a_note_answers() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 10:00:30", "bot"),
        ("2026-05-05 10:01", "auto"),
        ("2026-05-05 10:05", "note"),
        ("2026-05-05 10:30", "agent"),
    )
    assert value("first_response_time") == 30 * MINUTE
    assert value("time_to_acknowledge") == 1 * MINUTE


def test_15_a_macro_counts_when_a_person_sent_it() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 10:10", "agent"), ("2026-05-05 10:30", "agent"))
    assert (value("first_response_time"), value("replies_per_resolution")) == (10 * MINUTE, None)
    first = ticket.messages.get(at=at("2026-05-05 10:10"))
    Message.objects.filter(pk=first.pk).update(automatic=True)  # a rule chose it
    assert value("first_response_time") == 30 * MINUTE


def test_16_a_ticket_that_we_opened_has_a_response_but_no_first_response() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 10:00", "agent"),
        ("2026-05-05 11:00", "customer"),
        ("2026-05-05 11:15", "agent"),
        opened_by_customer=False,
    )
    assert figure("first_response_time").value is None
    assert value("response_time") == 15 * MINUTE
    assert value("abandonment_rate") is None
    assert value("tickets_opened") == 1


def test_17_a_call_is_answered_when_somebody_picks_up() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 10:00:20", "answered"),
        ("2026-05-05 10:05", "solved"),
        ("2026-05-06 10:00", "customer"),
        ("2026-05-06 10:00", "open"),
        channel_kind="voice",
    )
    assert value("first_response_time") == 20
    assert value("reopen_rate") == 100
    assert value("tickets_solved") == 0


def test_18_thanks_leave_it_solved_and_a_complaint_reopens_it() -> None:
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 11:00", "agent"),
        ("2026-05-05 11:00", "solved"),
        ("2026-05-05 12:00", "customer"),
        ("2026-05-10 12:00", "closed"),
    )
    assert (value("one_touch_rate"), value("reopen_rate"), value("tickets_solved")) == (100, 0, 1)
    drawn(
        "2026-05-05 10:00",
        ("2026-05-05 11:00", "agent"),
        ("2026-05-05 11:00", "solved"),
        ("2026-05-06 12:00", "customer"),
        ("2026-05-06 12:00", "open"),
        ("2026-05-06 14:00", "agent"),
        ("2026-05-06 14:00", "solved"),
    )
    assert (value("one_touch_rate"), value("tickets_solved")) == (50, 2)
    assert value("reopen_rate") == pytest.approx(100 / 3, rel=1e-15)
    assert value("first_resolution_time") == HOUR
    assert value("resolution_time") == (1 + 28) * HOUR / 2


def test_18_a_solve_that_was_taken_back_never_happened() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    back = {"old": "solved", "to": "new", "taken_back": True}
    Event.objects.create(ticket=ticket, kind="state", at=at("2026-05-05 11:00"), actor="system", data=back)
    assert (value("reopen_rate"), value("tickets_solved"), value("backlog")) == (None, 0, 1)
    assert value("first_resolution_time") is None


def test_19_closed_without_a_solve_is_no_solve() -> None:
    drawn("2026-05-05 10:00", ("2026-05-06 10:00", "closed"))
    assert (value("tickets_solved"), value("backlog"), value("reopen_rate")) == (0, 0, None)


def test_19_solved_and_reopened_in_the_same_second() -> None:
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "solved"), ("2026-05-05 11:00", "open"))
    assert (value("tickets_solved"), value("reopen_rate"), value("backlog")) == (0, 100, 1)


def test_19_two_solves_in_two_months_count_in_the_last() -> None:
    drawn(
        "2026-05-05 10:00", ("2026-05-06 10:00", "solved"), ("2026-06-10 10:00", "open"), ("2026-06-11 10:00", "solved")
    )
    assert figure("resolution_time", "2026-05-01", "2026-06-01").value is None
    assert value("resolution_time", "2026-06-01", "2026-07-01") == 37 * DAY
    assert value("first_resolution_time", "2026-05-01", "2026-06-01") == DAY
    assert value("reopen_rate") == 0  # 35 days later


def test_20_a_merged_ticket_is_one_matter_that_waits_from_the_first_day() -> None:
    monday = drawn("2026-05-04 10:00")
    tuesday = drawn("2026-05-05 10:00", ("2026-05-05 12:00", "agent"))
    Ticket.objects.filter(pk=monday.pk).update(merged_into=tuesday)
    assert (value("first_response_time"), value("tickets_opened")) == (26 * HOUR, 1)
    Ticket.objects.filter(pk=monday.pk).update(merged_into=None)
    assert (value("first_response_time"), value("tickets_opened")) == (2 * HOUR, 2)


def test_20_both_answered_before_the_merge() -> None:
    monday = drawn("2026-05-04 10:00", ("2026-05-04 11:00", "agent"))
    tuesday = drawn("2026-05-05 10:00", ("2026-05-05 13:00", "agent"))
    Ticket.objects.filter(pk=monday.pk).update(merged_into=tuesday)
    assert value("first_response_time") == HOUR
    assert value("response_time") == (1 + 3) * HOUR


def test_20_what_was_merged_was_answered_before_the_survivor_was_opened() -> None:
    monday = drawn("2026-05-04 10:00", ("2026-05-04 11:00", "agent"))
    tuesday = drawn("2026-05-05 10:00")
    Ticket.objects.filter(pk=monday.pk).update(merged_into=tuesday)
    drawn("2026-05-05 12:00", ("2026-05-05 12:10", "agent"))
    both, second = (figure("response_time", since, "2026-05-06") for since in ("2026-05-04", "2026-05-05"))
    assert (both.n, both.extra["literal"]["n"]) == (2, 2)
    assert (second.n, second.extra["literal"]["n"]) == (1, 2)  # opened on Tuesday, and silent on Tuesday


def test_20_a_merge_of_the_merged() -> None:
    first = drawn("2026-05-03 10:00")
    second = drawn("2026-05-04 10:00")
    third = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"))
    Ticket.objects.filter(pk=first.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=third)
    assert (value("first_response_time"), value("tickets_opened")) == (49 * HOUR, 1)


def test_20_a_circle_of_merges_ends() -> None:
    first, second = drawn("2026-05-03 10:00"), drawn("2026-05-04 10:00")
    Ticket.objects.filter(pk=first.pk).update(merged_into=second)
    Ticket.objects.filter(pk=second.pk).update(merged_into=first)
    assert value("tickets_opened") == 0


@pytest.mark.parametrize("change", [{"spam": True}, {"is_test": True}, {"deleted_at": at("2026-05-06 10:00")}])
def test_21_spam_tests_and_deleted_are_out_until_restored(change: dict[str, object]) -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    Ticket.objects.filter(pk=ticket.pk).update(**change)
    assert [value(slug) for slug in ("tickets_opened", "first_response_time", "tickets_solved")] == [0, None, 0]
    Ticket.objects.filter(pk=ticket.pk).update(spam=False, is_test=False, deleted_at=None)
    assert [value(slug) for slug in ("tickets_opened", "first_response_time", "tickets_solved")] == [1, HOUR, 1]


def test_22_reassigning_takes_no_credit_from_who_replied() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    other = factories.user("other@example.com")
    Ticket.objects.filter(pk=ticket.pk).update(assignee=other, assigned_at=at("2026-05-06 10:00"))
    assert [value(slug, agent=colleague()) for slug in ("first_response_time", "tickets_solved")] == [HOUR, 1]
    assert [value(slug, agent=other) for slug in ("first_response_time", "tickets_solved")] == [None, 0]


def asked(ticket: Ticket, sent: str, score: int | None = None, **fields: Any) -> Survey:
    """A satisfaction question, answered an hour later or never."""
    answered = at(sent) + timedelta(hours=1) if score else None
    about = {"shop": ticket.shop, "ticket": ticket, "customer": ticket.customer, "kind": Kind.CSAT, "state": "sent"}
    return Survey.objects.create(**about | fields, sent_at=at(sent), score=score, answered_at=answered)


def test_22_the_last_answer_counts_on_its_day_and_silence_only_in_the_response_rate() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    survey = asked(ticket, "2026-05-05 23:30", 5)
    asked(ticket, "2026-05-06 12:00")
    assert [value(slug, "2026-05-05", "2026-05-06") for slug in ("csat", "csat_response_rate")] == [None, 100]
    for score in (1, 4):
        answer_survey(survey, score=score, at=at("2026-05-07 10:00"))
    assert [value(slug, "2026-05-06", "2026-05-08") for slug in ("csat", "csat_response_rate")] == [100, 0]
    found = figure("csat")
    assert (found.n, found.mean, value("csat_response_rate")) == (1, 4, 50)


def test_22_what_was_said_of_a_ticket_that_is_merged_away_counts_no_more() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 11:00", "solved"))
    asked(ticket, "2026-05-06 10:00", 5)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=drawn("2026-05-05 12:00"))
    assert [value(slug) for slug in ("csat", "csat_response_rate")] == [None, None]


def test_23_what_never_reached_the_customer_answers_nothing() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 10:10", "failed"), ("2026-05-05 11:00", "agent"))
    assert value("first_response_time") == HOUR
    Message.objects.filter(ticket=ticket, delivery="").exclude(author="customer").update(delivery="failed")
    assert value("first_response_time") is None


def test_24_what_would_be_negative_is_nought_with_a_warning() -> None:
    ticket = drawn("2026-05-05 10:05", ("2026-05-05 10:00", "agent"))
    assert value("first_response_time") == 0
    assert TicketFacts.objects.get(pk=ticket.pk).warnings == ["reply-before-start"]


def test_25_nothing_is_never_nought_or_a_hundred() -> None:
    catch_up()
    whole = scope("2026-01-01", "2026-02-01")
    found = answer(whole)["kpis"]
    numbers = {slug for slug, figure in found.items() if figure["value"] is not None}
    assert numbers == {"tickets_opened", "tickets_solved", "backlog", "support_revenue"}


def test_25_a_shop_that_never_opens_has_no_open_time() -> None:
    hours()
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"))
    found = figure("first_response_time", clock="business")
    assert (found.value, found.n) == (0, 1)


def test_25_what_is_to_come_holds_what_is_open_now() -> None:
    drawn("2026-05-05 10:00")
    numbers = {slug: one["value"] for slug, one in answer(scope("2090-01-01", "2090-02-01"))["kpis"].items()}
    assert numbers.pop("longest_wait") > 0
    numbers = {slug: number for slug, number in numbers.items() if number is not None}
    assert numbers == {"tickets_opened": 0, "tickets_solved": 0, "backlog": 1, "support_revenue": "0.00"}


def test_25_a_leap_day_and_a_week_across_the_year() -> None:
    drawn("2028-02-29 10:00")
    drawn("2026-12-31 10:00")
    drawn("2027-01-03 10:00")
    catch_up()
    assert value("tickets_opened", "2028-02-29", "2028-03-01") == 1
    weeks = answer(scope("2026-12-28", "2027-01-11"), slugs=["tickets_opened"], group=Group.WEEK)["groups"]
    assert [(week["key"], week["kpis"]["tickets_opened"]["value"]) for week in weeks] == [
        ("2026-12-28", 2),
        ("2027-01-04", 0),
    ]


def test_28_the_backlog_of_every_day_follows_from_the_day_before() -> None:
    drawn("2026-03-27 10:00", ("2026-03-29 02:30", "solved"), ("2026-03-30 10:00", "open"))
    drawn("2026-03-28 23:59", ("2026-03-29 00:01", "closed"))
    drawn("2026-03-29 12:00")
    catch_up()
    days = scope("2026-03-27", "2026-04-01")
    found = answer(days, slugs=["backlog"], group=Group.DAY)["groups"]
    assert [day["kpis"]["backlog"]["value"] for day in found] == [1, 2, 1, 2, 2]
    for day in days.window.parts("day"):
        counted = figure("backlog", day.since.isoformat(), day.until.isoformat()).value
        assert counted == found[(day.since - days.window.since).days]["kpis"]["backlog"]["value"]


def test_a_target_counts_on_the_day_it_falls_due() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 14:00", "agent"))
    fields = {"kind": "first_reply", "clock": "calendar", "target": 4 * HOUR, "started_at": at("2026-05-05 10:00")}
    Deadline.objects.create(ticket=ticket, due_at=at("2026-05-05 14:00"), state="met", **fields)
    silent = drawn("2026-05-05 10:00")
    Deadline.objects.create(ticket=silent, due_at=at("2026-05-05 14:00"), state="missed", **fields)
    ours = drawn("2026-05-05 10:00", opened_by_customer=False)
    Deadline.objects.create(ticket=ours, due_at=at("2026-05-05 14:00"), state="missed", **fields)
    assert figure("first_response_within_target").value == 50
    assert value("first_response_within_target", "2026-05-06", "2026-05-07") is None
    assert value("sla_attainment") == 50


def test_without_opening_hours_there_is_no_open_time() -> None:
    drawn("2026-05-05 10:00", ("2026-05-05 14:00", "agent"))
    told = [
        (figure(slug, clock="business").value, figure(slug, clock="business").n)
        for slug in ("response_time", "first_response_time")
    ]
    assert told == [(None, 0), (None, 0)]


def test_a_target_met_before_it_falls_due_is_out_until_then() -> None:
    """Asked at 12:00: answered at 10:05, due at 14:00. Nothing has fallen due today."""
    ticket, now = drawn("2026-05-05 10:00", ("2026-05-05 10:05", "agent")), timezone.now()
    fields = {"kind": "first_reply", "clock": "calendar", "target": 4 * HOUR, "started_at": at("2026-05-05 10:00")}
    row = Deadline.objects.create(ticket=ticket, due_at=now + timedelta(hours=2), state="met", **fields)
    Promise.objects.create(
        ticket=ticket,
        place="ack",
        shown_at=at("2026-05-05 10:00"),
        due_at=now + timedelta(hours=2),
        kept=True,
        judged_at=now,
    )
    today = (now - timedelta(days=1)).date().isoformat(), (now + timedelta(days=2)).date().isoformat()
    slugs = ("first_response_within_target", "sla_attainment", "promise_kept_rate")
    assert [figure(slug, *today).n for slug in slugs] == [0, 0, 0]
    Deadline.objects.filter(pk=row.pk).update(due_at=now - timedelta(hours=2))
    Promise.objects.update(due_at=now - timedelta(hours=2))
    assert [(figure(slug, *today).n, figure(slug, *today).value) for slug in slugs] == [(1, 100), (1, 100), (1, 100)]


def test_closing_without_a_solve_misses_the_resolution() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "closed"))
    fields = {"kind": "resolution", "clock": "calendar", "target": 4 * HOUR, "started_at": at("2026-05-05 10:00")}
    row = Deadline.objects.create(ticket=ticket, due_at=at("2026-05-05 14:00"), state="cancelled", **fields)
    assert value("sla_attainment") is None  # of no use any more: the ticket began earlier, or was merged away
    Deadline.objects.filter(pk=row.pk).update(ended_at=at("2026-05-05 11:00"))
    assert value("sla_attainment") == 0


def test_a_missed_target_is_not_credited_to_whoever_answered_another_wait_of_the_same_instant() -> None:
    ticket = drawn("2026-05-05 10:00", ("2026-05-05 10:00", "agent"), ("2026-05-05 10:00", "customer"))
    fields = {"kind": "next_reply", "clock": "calendar", "target": 14_400, "started_at": ticket.opened_at}
    Deadline.objects.create(ticket=ticket, due_at=at("2026-05-05 14:00"), state="missed", **fields)
    assert (value("sla_attainment"), value("sla_attainment", agent=colleague())) == (0, None)


def test_requester_wait_is_the_time_in_which_the_ball_was_ours() -> None:
    drawn(
        "2026-05-05 10:00",  # new for 1 h
        ("2026-05-05 11:00", "pending"),  # the customer's for 2 h
        ("2026-05-05 13:00", "open"),  # 30 min
        ("2026-05-05 13:30", "on_hold"),  # 30 min
        ("2026-05-05 14:00", "solved"),
    )
    assert value("requester_wait_time") == 2 * HOUR
    assert value("resolution_time") == 4 * HOUR


def test_the_longest_wait_is_answered_or_still_unanswered_at_the_end() -> None:
    drawn("2026-05-05 10:00", ("2026-05-05 12:00", "agent"))
    silent = drawn("2026-05-05 20:00")
    day = figure("longest_wait", "2026-05-05", "2026-05-06")
    assert (day.value, day.extra) == (4 * HOUR, {"ticket": silent.pk, "answered": False})
    drawn("2026-05-04 10:00", ("2026-05-05 12:00", "solved"))  # solved without a word: nobody waits any more
    assert value("longest_wait", "2026-05-05", "2026-05-06") == 4 * HOUR
    days = answer(scope("2026-05-03", "2026-05-07"), slugs=["longest_wait"], group=Group.DAY)["groups"]
    assert [day["kpis"]["longest_wait"]["value"] for day in days] == [None, 14 * HOUR, 4 * HOUR, 28 * HOUR]


def test_the_longest_wait_of_two_shops_is_told_by_the_clock_of_each() -> None:
    hours(tue=[["09:00", "10:30"]])
    drawn("2026-05-05 10:00")
    loft = factories.shop("loft")
    factories.calendar(loft, weekly={"tue": [["00:00", "24:00"]]})
    drawn("2026-05-05 12:00", shop=loft)
    catch_up()
    both = replace(scope("2026-05-05", "2026-05-06", "business"), shop=None)
    measure = KPIS["longest_wait"].measure(both)
    assert measure.figure(both).value == 12 * HOUR
    assert measure.figures(both, Group.DAY)[both.window.since].value == 12 * HOUR
    assert measure.figure(replace(both, clock="calendar")).value == 14 * HOUR


def test_first_contact_resolution_asks_whether_the_customer_came_back() -> None:
    someone = factories.customer()
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "solved"), customer=someone)
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "solved"))
    drawn("2026-05-10 10:00", customer=someone)
    assert value("first_contact_resolution_rate") == 50


def test_one_person_under_four_names_is_one_customer() -> None:
    names = [factories.customer() for _n in range(4)]
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "solved"), customer=names[0])
    drawn("2026-05-06 10:00", customer=names[3])
    factories.order(names[3], placed_at=at("2025-06-01 12:00"))
    factories.order(names[0], placed_at=at("2026-05-10 12:00"))
    may = ("2026-05-01", "2026-06-10")
    assert (value("first_contact_resolution_rate"), value("retention_rate", *may)) == (100, 0)
    for name, into in pairwise(reversed(names)):
        Customer.objects.filter(pk=name.pk).update(merged_into=into)
    assert (value("first_contact_resolution_rate"), value("retention_rate", *may)) == (0, 100)
    assert set(Order.objects.annotate(buyer=root("customer")).values_list("buyer", flat=True)) == {names[0].pk}
    catch_up()
    Customer.objects.filter(pk=names[0].pk).update(merged_into=factories.customer())
    assert DirtyTicket.objects.count() == 2  # also of who stands three merges below


def test_retention_of_the_sources_example() -> None:
    """350 at the end, 76 of them new, 350 at the beginning... here in small: 4 active before, 3 stay, 1 is new."""
    people = [factories.customer() for _n in range(5)]
    for person in people[:4]:
        factories.order(person, placed_at=at("2025-06-01 12:00"))
    for person in people[:3]:
        factories.order(person, placed_at=at("2026-05-10 12:00"))
    factories.order(people[4], placed_at=at("2026-05-20 12:00"))
    found = figure("retention_rate", "2026-05-01", "2026-06-10")
    assert (found.value, found.extra) == (75, {"customers": {"start": 4, "end": 4, "new": 1}})
    assert value("retention_rate", "2024-05-01", "2024-06-01") is None


def test_previous_is_as_many_days_right_before() -> None:
    drawn("2026-05-01 10:00")
    drawn("2026-05-03 10:00")
    drawn("2026-05-04 10:00")
    found = answer(scope("2026-05-03", "2026-05-05"), slugs=["tickets_opened"])["kpis"]["tickets_opened"]
    assert (found["value"], found["previous"]) == (2, 1)


def test_filters_narrow_by_the_tickets_value_now() -> None:
    care = factories.team("care")
    drawn("2026-05-05 10:00", channel_kind="chat", team=care)
    drawn("2026-05-05 10:00")
    catch_up()
    whole = scope("2026-05-01", "2026-06-01")
    for narrow in (replace(whole, channel="chat"), replace(whole, team=care)):
        assert answer(narrow, slugs=["tickets_opened"])["kpis"]["tickets_opened"]["value"] == 1
    assert timedelta(days=31) == whole.window.end - whole.window.start


def test_support_revenue_of_shops_in_two_currencies_is_never_one_amount() -> None:
    """Each shop by its own days after the ticket: the second day counts for Paris, not for London."""
    paris = factories.shop()
    london = factories.shop(key="london", currency="GBP", timezone="Europe/London")
    FigureSettings.objects.create(shop=london, revenue_days=1)
    for shop, total in ((paris, "40.00"), (london, "25.00")):
        customer = factories.customer(f"{shop.key}@example.com")
        drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"), shop=shop, customer=customer)
        for day, price in (("2026-03-03 09:00", total), ("2026-03-04 09:00", "1.00")):
            bought = {"placed_at": at(day), "total": price, "currency": shop.currency, "status": "delivered"}
            Order.objects.create(shop=shop, customer=customer, number=f"{shop.key}{price}", **bought)
    catch_up()
    month = scope("2026-03-01", "2026-04-01")
    revenue = KPIS["support_revenue"]
    alone = revenue.measure(month).figure(month)
    assert (alone.value, alone.n, alone.extra) == ("41.00", 2, {"currency": "EUR"})
    both = replace(month, shop=None)
    told = revenue.measure(both).figure(both)
    assert (told.value, told.n) == (None, 3)
    assert told.extra == {"currency": None, "amounts": {"EUR": "41.00", "GBP": "25.00"}}
    assert Card(revenue, told, None, [], [], "").words == "41.00\u00a0EUR, 25.00\u00a0GBP"
    Shop.objects.filter(pk=london.pk).update(currency="EUR")
    Order.objects.filter(shop=london).update(currency="EUR")
    catch_up()
    told = revenue.measure(both).figure(both)
    assert (told.value, told.extra) == ("66.00", {"currency": "EUR"})
