"""What is told to customers comes from what is done, and is judged by it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests import factories
from tests.tickets.histories import happen, past, policy
from tickets import deadlines, promises, reactions
from tickets.actors import Actor
from tickets.calendars import Timer
from tickets.events import record
from tickets.models import EventKind, Message, Promise
from tickets.promises import expected, measured_wait, percentile, rounded
from tickets.timelines import recent_waits

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOW = MONDAY + timedelta(days=2)


def at(minutes):
    return MONDAY + timedelta(minutes=minutes)


def shown(ticket, *, due, place="ack"):
    """A promise shown at the ticket's opening, due so many minutes after it."""
    return Promise.objects.create(
        ticket=ticket, place=place, channel_kind="email", shown_at=MONDAY, due_at=at(due), text="soon"
    )


@pytest.mark.parametrize(
    ("line", "until", "verdict"),
    [
        ("C", 30, (None, None)),
        ("C", 60, (None, None)),  # at its very second it can still be kept
        ("C", 60.1, (False, 60)),
        ("C  A", 30, (True, 30)),
        ("C     A", 300, (True, 60)),
        ("C      A", 300, (False, 60)),
        ("C  x", 300, (False, 60)),  # it never arrived
        ("C S", 300, (False, 60)),  # solved without a word
    ],
)
def test_a_promise_is_kept_by_a_human_reply_at_its_very_second_or_before(line, until, verdict):
    ticket = past(line, at=MONDAY)
    promise = shown(ticket, due=60)
    deadlines.settle_many([ticket.pk], at=at(until))
    promise.refresh_from_db()
    minutes = promise.judged_at and (promise.judged_at - MONDAY).total_seconds() / 60
    assert (promise.kept, minutes) == verdict


def test_a_reply_that_fails_later_takes_the_verdict_back():
    ticket = past("C  A", at=MONDAY)
    promise = shown(ticket, due=60)
    deadlines.settle_many([ticket.pk], at=at(31))
    ticket.messages.filter(author="agent").update(delivery="failed")
    deadlines.settle_many([ticket.pk], at=at(40))
    promise.refresh_from_db()
    assert (promise.kept, promise.judged_at) == (None, None)


def test_waits_are_measured_from_the_first_open_question_to_the_next_human_answer():
    past("CC A CA", at=MONDAY)
    past("C xA", at=MONDAY)
    past("C", at=MONDAY)
    past("CA", at=MONDAY, spam=True)
    past("CA", at=MONDAY, channel_kind="chat")
    spans = recent_waits(factories.shop().pk, "email", since=MONDAY, until=NOW)
    assert sorted((start - MONDAY, end - MONDAY) for start, end in spans) == [
        (timedelta(minutes=0), timedelta(minutes=30)),
        (timedelta(minutes=0), timedelta(minutes=30)),
        (timedelta(minutes=50), timedelta(minutes=60)),
    ]


def answered_after(minutes, *, times=20, **fields):
    for number in range(times):
        ticket = past("C", at=MONDAY + timedelta(minutes=number), **fields)
        happen(ticket, "A", ticket.opened_at + timedelta(minutes=minutes))


def test_the_expectation_is_the_eightieth_percentile_rounded_up_to_what_people_say():
    answered_after(40, times=16)
    answered_after(50, times=4)
    shop = factories.shop()
    assert measured_wait(shop, "email", Timer(), NOW) == pytest.approx(2400 + 0.2 * 600)  # place 15.2 of 0..19
    told = expected(shop, "email", NOW)
    assert (told.seconds, told.due_at) == (3600, NOW + timedelta(hours=1))
    assert told.words == "today before 10:00"


def test_it_counts_only_opening_hours_and_the_same_class_of_hours():
    """Asked at 9:00, answered at 10:00: an open hour. Asked at 20:00, answered next day 9:10: ten open minutes."""
    factories.calendar()
    for _number in range(20):
        day = past("C", at=MONDAY)
        happen(day, "A", MONDAY + timedelta(hours=1))
        night = past("C", at=MONDAY + timedelta(hours=11))
        happen(night, "A", MONDAY + timedelta(hours=24, minutes=10))
    told = expected(factories.shop(), "email", datetime(2026, 3, 4, 9, tzinfo=UTC))
    assert (told.seconds, told.due_at) == (3600, datetime(2026, 3, 4, 10, tzinfo=UTC))
    told = expected(factories.shop(), "email", datetime(2026, 3, 4, 19, tzinfo=UTC))
    assert (told.seconds, told.due_at) == (900, datetime(2026, 3, 5, 8, 15, tzinfo=UTC))


def test_a_channel_with_hours_of_its_own_promises_by_them():
    """The shop is open until 18:00, its chat until 22:00: at 19:00 the chat answers today."""
    factories.calendar()
    late = factories.calendar(key="late", default=False, weekly={"wed": [["10:00", "22:00"]]})
    chat = factories.channel("chat", kind="chat", calendar=late)
    shop, evening = chat.shop, datetime(2026, 3, 4, 18, tzinfo=UTC)
    policy(clock="business", first_reply=3600)
    assert expected(shop, "chat", evening).due_at == datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert expected(shop, "chat", evening, channel=chat).due_at == evening + timedelta(hours=1)
    ticket = past("C", at=evening, channel_kind="chat", channel=chat)
    assert promises.make(ticket, place=Promise.Place.WIDGET, at=evening).due_at == evening + timedelta(hours=1)
    ticket.refresh_from_db()
    deadlines.settle_many([ticket.pk], at=evening)
    ticket.refresh_from_db()
    assert ticket.due_at == evening + timedelta(hours=1)


def test_it_never_exceeds_the_slas_target():
    answered_after(300)
    policy(clock="business", first_reply=7200)
    assert expected(factories.shop(), "email", NOW).seconds == 7200


def test_a_target_that_runs_day_and_night_bounds_the_instant():
    factories.calendar()
    policy(clock="calendar", first_reply=3600)
    evening = datetime(2026, 3, 4, 19, tzinfo=UTC)
    assert expected(factories.shop(), "email", evening).due_at == evening + timedelta(hours=1)


def test_with_too_few_waits_the_target_is_told_or_what_the_shop_promises():
    answered_after(1, times=19)
    shop = factories.shop()
    assert expected(shop, "email", NOW).seconds == shop.promised_reply
    policy(clock="business", first_reply=7200)
    assert expected(shop, "email", NOW).seconds == 7200


def test_a_policy_for_vips_only_bounds_nobody_else():
    policy(clock="business", first_reply=60, conditions={"vip": True})
    shop = factories.shop()
    assert expected(shop, "email", NOW).seconds == shop.promised_reply


def test_every_place_says_the_same():
    ticket = past("C", at=NOW)
    told = expected(ticket.shop, "email", NOW)
    for place in Promise.Place:
        promise = promises.make(ticket, place=place, at=NOW)
        assert (promise.due_at, promise.text) == (told.due_at, told.words)


def test_a_voicemail_is_called_back_when_its_greeting_says_or_the_promise_is_broken():
    """S69: no acknowledgement is sent, but the time told is stored and judged; a call picked up keeps it."""
    voicemail = factories.channel("voicemail", kind="voicemail")
    tickets = [factories.ticket(via=voicemail, at=timezone.now()) for _number in range(2)]
    while reactions.sweep():
        pass
    due = expected(voicemail.shop, "voicemail", tickets[0].opened_at, channel=voicemail).due_at
    assert [one.promises.get().place for one in tickets] == ["voicemail"] * 2
    assert tickets[0].promises.get().due_at == due
    assert not Message.objects.filter(author="auto").exists()
    agent = factories.user()
    record(tickets[0], EventKind.ANSWERED, by=Actor.agent(agent), at=due)
    deadlines.settle_many([one.pk for one in tickets], at=due + timedelta(minutes=1))
    assert [one.promises.get().kept for one in tickets] == [True, False]


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, 60), (61, 120), (900, 900), (901, 1800), (3601, 7200), (259_201, 345_600)]
)
def test_rounding_goes_up_to_what_people_say(seconds, said):
    assert rounded(seconds) == said


def test_percentiles_are_continuous():
    assert percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == pytest.approx(9.1)
    assert percentile([7], 0.8) == 7
    with pytest.raises(ValueError, match="^values: "):
        percentile([], 0.5)
