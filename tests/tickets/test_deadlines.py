"""What is due when, and how it is judged. One place of a drawing is ten minutes (see histories.py).

The usual policy here: 60 minutes for a reply, 600 for the solution, by day and night.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hours.actions import set_hours
from tests import factories
from tests.tickets.histories import happen, past, policy, verdicts
from tickets import actions, deadlines
from tickets.actors import SYSTEM, Actor
from tickets.models import Deadline, Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def settled(line, *, until=None, **fields):
    """A ticket with this past, settled `until` minutes after its opening (default: long after)."""
    ticket = past(line, at=MONDAY, **fields)
    look(ticket, until)
    return ticket


def look(ticket, until=None):
    at = MONDAY + timedelta(days=300) if until is None else ticket.opened_at + timedelta(minutes=until)
    deadlines.settle_many([ticket.pk], at=at)
    ticket.refresh_from_db()


@pytest.mark.parametrize(
    ("line", "until", "expected"),
    [
        ("C", 0, ("running", 60, None)),
        ("C", 60, ("running", 60, None)),  # the due second is still in time
        ("C", 60.1, ("missed", 60, None)),
        ("C  A", None, ("met", 60, 30)),
        ("C     A", None, ("met", 60, 60)),
        ("C      A", None, ("missed", 60, 70)),
        ("C  A", 20, ("running", 60, None)),  # a reply scheduled for later
        ("CCC  A", None, ("met", 60, 50)),
        ("C  x", None, ("missed", 60, None)),  # it never reached the customer
        ("C S", None, ("missed", 60, None)),  # silence is no reply, though solved
    ],
)
def test_the_first_reply(line, until, expected):
    policy()
    assert verdicts(settled(line, until=until), "first_reply") == [expected]


def test_each_later_wait_has_its_own_deadline():
    policy(next_reply=1200)
    ticket = settled("CA C A  C   A")
    assert verdicts(ticket, "first_reply") == [("met", 60, 10)]
    assert verdicts(ticket, "next_reply") == [("met", 50, 50), ("missed", 100, 120)]


def test_waits_that_start_at_one_instant_have_a_deadline_each():
    """Customer, agent, customer in the same second: the first wait is over at once, the second runs (KPIS 4.3)."""
    policy()
    ticket = past("CA    A", at=MONDAY)
    for sign in "CAC":
        happen(ticket, sign, MONDAY + timedelta(minutes=30))
    for _again in range(2):
        look(ticket)
        assert verdicts(ticket, "first_reply") == [("met", 60, 10)]
        assert verdicts(ticket, "next_reply") == [("met", 90, 30), ("met", 90, 60)]
    between = ticket.messages.filter(at=MONDAY + timedelta(minutes=30), author="agent")
    between.update(delivery="failed")  # then the customer has waited once
    look(ticket)
    assert verdicts(ticket, "next_reply") == [("met", 90, 60), ("cancelled", 90, None)]


def test_a_ticket_that_an_agent_started_has_no_first_reply():
    policy()
    ticket = settled("A C A", by_customer=False)
    assert verdicts(ticket, "first_reply") == []
    assert verdicts(ticket, "next_reply") == [("met", 80, 40)]
    assert verdicts(ticket, "resolution") == [("missed", 600, None)]


@pytest.mark.parametrize(
    ("line", "until", "expected"),
    [
        ("CA", 100, ("running", 600, None)),
        ("CA   S", 100, ("met", 600, 50)),
        ("CA   S", None, ("met", 600, 50)),
        ("CA   S  O", 100, ("running", 600, None)),  # reopened before it was due
        ("CA   S  O", None, ("missed", 600, None)),
        ("CA" + " " * 58 + "S", None, ("met", 600, 600)),  # at the due second
        ("CA" + " " * 59 + "S", None, ("missed", 600, 610)),
        ("CA   S" + " " * 60 + "O", None, ("met", 600, 50)),  # reopened after it was due
        ("CA   K", None, ("cancelled", 600, 50)),  # closed without a solve
        ("CA   K S", None, ("cancelled", 600, 50)),  # and what is closed is past solving (KPIS 4.4)
        ("CA   S K", None, ("met", 600, 50)),
        ("CAP", 100, ("paused", None, None)),
        ("CAP  C O", None, ("missed", 650, None)),  # 50 minutes pending
        ("CAPO P O", 100, ("running", 630, None)),
        ("CAHO", 100, ("running", 600, None)),  # on hold is our time
        ("CAP S", None, ("met", 620, 40)),  # solved out of a pause
    ],
)
def test_the_solution(line, until, expected):
    policy()
    assert verdicts(settled(line, until=until), "resolution") == [expected]


def test_opening_hours_count_from_the_opening_and_pause_over_lunch_and_the_night():
    """Friday 16:00, four open hours, Monday to Friday 9-12 and 13:30-18: two on Friday, two on Monday."""
    factories.calendar()
    policy(clock="business", first_reply=4 * 3600)
    ticket = past("C", at=datetime(2026, 3, 6, 15, tzinfo=UTC))
    deadlines.settle_many([ticket.pk], at=ticket.opened_at)
    row = ticket.deadlines.get(kind="first_reply")
    assert (row.clock, row.due_at) == ("business", datetime(2026, 3, 9, 10, tzinfo=UTC))
    ticket.refresh_from_db()
    assert ticket.due_at == row.due_at


def test_a_pause_moves_the_solution_by_its_open_time():
    """Monday 10:00 local, eight open hours: 18:00 less lunch = Tuesday 10:30. Pending 11:00-14:00 = 1 h 30 open."""
    factories.calendar()
    policy(clock="business", resolution=8 * 3600)
    ticket = past("C A   P" + " " * 17 + "O", at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    deadlines.settle_many([ticket.pk], at=datetime(2026, 3, 2, 13, 30, tzinfo=UTC))
    due = ticket.deadlines.get(kind="resolution").due_at
    assert due == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_what_started_is_frozen_whatever_the_policy_becomes():
    terms = policy()
    ticket = settled("C", until=0)
    terms.first_reply, terms.next_reply, terms.version = 60, 120, 2
    terms.save()
    happen(ticket, "A", MONDAY + timedelta(minutes=10))
    happen(ticket, "C", MONDAY + timedelta(minutes=20))
    look(ticket, 20)
    rows = ticket.deadlines.order_by("started_at", "kind").values_list("kind", "target", "policy_version")
    assert list(rows) == [("first_reply", 3600, 1), ("resolution", 36000, 1), ("next_reply", 120, 2)]


def test_hours_changed_while_somebody_waits_move_no_promise_made_before():
    """Monday 16:00 local plus four open hours: Tuesday 11:00. From Monday 17:00 on the shop opens at noon only."""
    calendar = factories.calendar()
    policy(clock="business", first_reply=4 * 3600, next_reply=4 * 3600, resolution=None)
    opened = datetime(2026, 3, 2, 15, tzinfo=UTC)
    ticket = past("C", at=opened)
    deadlines.settle_many([ticket.pk], at=opened)
    due = datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert ticket.deadlines.get().due_at == due
    shorter = {day: [["12:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    set_hours(calendar, valid_from=datetime(2026, 3, 2, 16, tzinfo=UTC), weekly=shorter)
    deadlines.settle_many([ticket.pk], at=due)
    assert ticket.deadlines.get().due_at == due
    later = past("C", at=datetime(2026, 3, 3, 8, tzinfo=UTC))
    deadlines.settle_many([later.pk], at=datetime(2026, 3, 3, 8, tzinfo=UTC))
    assert later.deadlines.get().due_at == datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_a_new_promise_is_none_for_those_who_waited_before_it():
    ticket = past("CA C", at=MONDAY)
    policy(valid_from=timezone.now() + timedelta(seconds=1))
    look(ticket)
    assert not ticket.deadlines.exists()


def test_the_first_policy_by_position_whose_conditions_fit_counts():
    policy(position=2, first_reply=7200)
    policy(position=1, first_reply=300, conditions={"channels": ["chat"], "priorities": ["urgent"]})
    policy(position=0, first_reply=60, active=False)
    assert verdicts(settled("C", channel_kind="chat", priority=4, until=0), "first_reply") == [("running", 5, None)]
    assert verdicts(settled("C", channel_kind="chat", until=0), "first_reply") == [("running", 120, None)]


def test_without_any_policy_the_shops_promise_sorts_the_list_and_nothing_is_judged():
    ticket = settled("C", until=0)
    assert ticket.due_at == MONDAY + timedelta(seconds=ticket.shop.promised_reply)
    assert not ticket.deadlines.exists()


def test_the_list_is_sorted_by_the_wait_that_runs():
    policy(next_reply=600)
    ticket = settled("CA C", until=31)
    assert ticket.waiting_since == MONDAY + timedelta(minutes=30)
    assert ticket.due_at == MONDAY + timedelta(minutes=40)
    happen(ticket, "A", MONDAY + timedelta(minutes=35))
    look(ticket, 36)
    assert (ticket.waiting_since, ticket.due_at) == (None, None)


def test_a_solve_without_a_word_ends_the_wait_until_the_customer_writes_again():
    policy()
    ticket = settled("C S", until=25)
    assert (ticket.waiting_since, ticket.due_at) == (None, None)
    for sign in "CO":
        happen(ticket, sign, MONDAY + timedelta(minutes=30))
    look(ticket, 31)
    assert ticket.waiting_since == MONDAY + timedelta(minutes=30)
    assert ticket.due_at == MONDAY + timedelta(minutes=90)


@pytest.mark.parametrize(("out", "back"), [(actions.mark_spam, actions.unmark_spam), (actions.delete, actions.restore)])
def test_what_is_thrown_out_is_cancelled_and_comes_back_as_it_was(out, back):
    policy()
    ticket = factories.ticket()
    before = list(ticket.deadlines.values())
    ticket = out(ticket, by=SYSTEM)
    assert set(ticket.deadlines.values_list("state", flat=True)) == {"cancelled"}
    assert ticket.waiting_since is None
    ticket = back(ticket, by=SYSTEM)
    assert list(ticket.deadlines.values()) == before
    assert ticket.waiting_since is not None


def test_after_a_merge_the_survivor_has_waited_since_the_earliest_message():
    """Monday's ticket goes into Tuesday's: one wait, one start, from Monday. Undone, both are as before."""
    policy()
    now = timezone.now()
    monday = factories.ticket(at=now - timedelta(minutes=40))
    tuesday = factories.ticket(at=now - timedelta(minutes=20))
    before = list(Deadline.objects.order_by("pk").values("ticket", "kind", "state", "due_at"))
    merged = actions.merge(monday, into=tuesday, by=SYSTEM)
    assert merged.waiting_since == monday.opened_at
    standing = merged.deadlines.exclude(state="cancelled").order_by("kind").values_list("kind", "due_at")
    assert list(standing) == [
        ("first_reply", monday.opened_at + timedelta(hours=1)),
        ("resolution", monday.opened_at + timedelta(hours=10)),
    ]
    assert set(monday.deadlines.values_list("state", flat=True)) == {"cancelled"}
    actions.unmerge(monday, by=SYSTEM)
    after = Deadline.objects.exclude(state="cancelled").order_by("pk").values("ticket", "kind", "state", "due_at")
    assert list(after) == before
    tuesday.refresh_from_db()
    assert tuesday.waiting_since == tuesday.opened_at


def test_a_merge_of_merged_counts_the_first_of_all():
    policy()
    tickets = [past("C", at=MONDAY + timedelta(minutes=20 * place)) for place in range(3)]
    for source, target in ((tickets[0], tickets[1]), (tickets[1], tickets[2])):
        Ticket.objects.filter(pk=source.pk).update(merged_into=target)
    deadlines.settle_many([one.pk for one in tickets], at=MONDAY + timedelta(minutes=45))
    tickets[2].refresh_from_db()
    assert tickets[2].waiting_since == MONDAY


def test_a_failed_reply_takes_its_verdict_back():
    policy()
    ticket = factories.ticket(at=timezone.now() - timedelta(minutes=50))
    reply = actions.reply(ticket, by=Actor.agent(factories.user()), text="Bonjour.")
    assert ticket.deadlines.get(kind="first_reply").state == "met"
    reply.outbound.state, reply.outbound.error = "failed", "550 no such user"
    reply.outbound.save()
    actions.record_delivery(reply.outbound)
    row = ticket.deadlines.get(kind="first_reply")
    ticket.refresh_from_db()
    assert (row.state, row.ended_at) == ("running", None)
    assert ticket.due_at == row.due_at


def test_a_step_taken_back_has_never_been():
    policy()
    ticket = factories.ticket(at=timezone.now() - timedelta(minutes=5))
    reply = actions.reply(ticket, by=Actor.agent(factories.user()), text="Bonjour.", then=State.PENDING, undoable=True)
    assert ticket.deadlines.get(kind="resolution").state == "paused"
    actions.take_back(reply, by=SYSTEM)
    row = ticket.deadlines.get(kind="resolution")
    assert (row.state, row.due_at) == ("running", row.started_at + timedelta(hours=10))


LINES = st.text(alphabet="CAxPOHSK ", min_size=1, max_size=14).map(lambda rest: "C" + rest)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=LINES, looks=st.lists(st.integers(0, 300), max_size=4))
def test_settling_is_idempotent_and_does_not_care_when_it_was_done_before(line, looks):
    if not Deadline.objects.exists():
        policy(key=f"policy-{timezone.now().timestamp()}")
    ticket, twin = past(line, at=MONDAY), past(line, at=MONDAY)
    for until in looks:
        look(ticket, until)
    for one in (ticket, twin, twin):
        look(one, 310)
    fields = ("kind", "started_at", "due_at", "state", "ended_at", "target")
    assert set(ticket.deadlines.values_list(*fields)) == set(twin.deadlines.values_list(*fields))
    assert (ticket.waiting_since, ticket.due_at) == (twin.waiting_since, twin.due_at)


def test_a_first_message_costs_the_policies_the_hours_and_one_insert(django_assert_num_queries):
    policy(clock="business")
    ticket = past("C", at=MONDAY)
    message = ticket.messages.get()
    with django_assert_num_queries(3):
        deadlines.begin(ticket, message)


def test_settling_again_only_reads(django_assert_num_queries):
    policy()
    ticket = settled("C", until=0)
    with django_assert_num_queries(3):  # its rows, its timeline, its promises
        deadlines.settle(ticket, at=MONDAY)


def test_many_are_settled_in_few_queries(django_assert_max_num_queries):
    policy()
    ids = [past("CA C A", at=MONDAY).pk for _number in range(30)]
    with django_assert_max_num_queries(9):
        deadlines.settle_many(ids)
