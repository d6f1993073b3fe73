"""What the sweep tells when something falls due: once, in order, without a storm."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from customers.models import Order
from helpdesk.lib.refused import Refused
from tests import factories
from tests.tickets.histories import happen, past, policy
from tickets import actions, deadlines, timers
from tickets.actors import SYSTEM
from tickets.escalation import escalate
from tickets.models import Event, EventKind, Notification, Promise, Ticket

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
DUE = MONDAY + timedelta(minutes=60)
WARN = MONDAY + timedelta(minutes=45)  # three quarters of the target
SECOND = timedelta(seconds=1)
QUERIES_OF_A_SWEEP = 41  # besides the look whether anything is due


def waiting(**fields):
    """A ticket that a customer opened on Monday at 8:00, settled then; a reply is due at 9:00."""
    ticket = past("C", at=MONDAY, **fields)
    deadlines.settle_many([ticket.pk], at=MONDAY)
    return ticket


def assigned(**fields):
    return waiting(assignee=fields.pop("assignee", None) or factories.user(), assigned_at=MONDAY, **fields)


def told(ticket=None):
    kinds = [EventKind.WARNED, EventKind.BREACHED, EventKind.ESCALATED, EventKind.WOKEN]
    events = Event.objects.filter(kind__in=kinds).order_by("pk")
    return [event.kind for event in (events.filter(ticket=ticket) if ticket else events)]


def test_nothing_is_told_before_its_time():
    policy(resolution=None)
    waiting()
    assert timers.sweep(WARN - SECOND) == 0
    assert told() == []


def test_a_warning_then_a_breach_each_once_at_their_time():
    policy(resolution=None)
    ticket = assigned()
    timers.sweep(WARN)
    timers.sweep(WARN + SECOND)
    assert told() == ["warned"]
    timers.sweep(DUE)  # the due second is still in time
    assert told() == ["warned"]
    timers.sweep(DUE + SECOND)
    timers.sweep(DUE + 2 * SECOND)
    assert told() == ["warned", "breached", "escalated"]
    breach = ticket.events.get(kind="breached")
    assert (breach.at, breach.data["deadline"], breach.data["target"]) == (DUE, "first_reply", 3600)
    kinds = Notification.objects.filter(user=ticket.assignee).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["warning", "breach"]


def test_an_answer_in_time_is_never_told():
    policy(resolution=None)
    ticket = waiting()
    happen(ticket, "A", MONDAY + timedelta(minutes=30))
    deadlines.settle_many([ticket.pk], at=MONDAY + timedelta(minutes=30))
    assert timers.sweep(DUE + SECOND) == 0
    assert told() == []


def test_a_late_answer_before_the_sweep_is_a_breach_on_the_timeline_and_wakes_nobody():
    policy(resolution=None)
    ticket = assigned()
    happen(ticket, "A", DUE + SECOND)
    Ticket.objects.filter(pk=ticket.pk).update(version=2)
    deadlines.settle(Ticket.objects.get(pk=ticket.pk), at=DUE + 2 * SECOND)
    timers.sweep(DUE + 3 * SECOND)
    assert told() == ["breached"]
    assert not Notification.objects.exists()


def test_a_ticket_solved_without_a_word_is_late_quietly():
    policy(resolution=None)
    ticket = waiting()
    happen(ticket, "S", MONDAY + timedelta(minutes=10))
    timers.sweep(DUE + SECOND)
    assert ticket.deadlines.get().state == "missed"
    assert (told(), timers.sweep(DUE + 2 * SECOND)) == ([], 0)


def test_after_an_hour_without_sweeps_everything_is_told_once_and_people_are_not_flooded():
    """30 of one agent, 40 that a lead is called in for: each event, but one line for each person."""
    policy(resolution=None)
    agent, lead = factories.user(), factories.user(role=Role.LEAD, presence="online")
    for number in range(40):
        assigned(assignee=agent) if number < 30 else waiting()
    timers.sweep(DUE + timedelta(hours=1))
    timers.sweep(DUE + timedelta(hours=1))
    assert (told().count("breached"), told().count("escalated"), len(told())) == (40, 40, 80)
    assert {event.at for event in Event.objects.filter(kind="breached")} == {DUE}
    lines = Notification.objects.order_by("pk").values_list("user", "kind", "ticket", "count", "text")
    assert list(lines)[:1] == [(agent.pk, "breach", None, 30, "30 tickets sont en retard.")]
    assert list(lines)[-1:] == [(lead.pk, "escalated", None, 40, "40 tickets ont besoin de vous.")]
    assert [line[:2] for line in lines[1:11]] == [(lead.pk, "breach")] * 10  # few are told one by one
    assert len(lines) == 12


def test_who_has_read_of_a_crowd_hears_of_what_came_since():
    policy(resolution=None)
    agent = factories.user()
    for _number in range(11):
        assigned(assignee=agent)
    timers.sweep(DUE + SECOND)
    Notification.objects.update(read_at=DUE)
    later = past("C", at=MONDAY + timedelta(minutes=5), assignee=agent, assigned_at=MONDAY)
    deadlines.settle_many([later.pk], at=MONDAY + timedelta(minutes=6))
    for _number in range(10):
        waiting_too = past("C", at=MONDAY + timedelta(minutes=5), assignee=agent, assigned_at=MONDAY)
        deadlines.settle_many([waiting_too.pk], at=MONDAY + timedelta(minutes=6))
    timers.sweep(DUE + timedelta(minutes=6))
    [line] = Notification.objects.filter(kind="breach")
    assert (line.count, line.text, line.read_at) == (22, "22 tickets sont en retard.", None)
    assert line.get_absolute_url() == "/?overdue=1"


def test_in_order_of_what_was_due_first():
    policy(resolution=None)
    later, sooner = past("C", at=MONDAY + timedelta(minutes=5)), past("C", at=MONDAY)
    deadlines.settle_many([later.pk, sooner.pk], at=MONDAY + timedelta(minutes=6))
    timers.sweep(DUE + timedelta(minutes=6))
    assert list(Event.objects.filter(kind="breached").order_by("pk").values_list("ticket", flat=True)) == [
        sooner.pk,
        later.pk,
    ]


def test_imported_history_is_never_told():
    policy()
    past_due = past("C", at=MONDAY)
    deadlines.settle_many([past_due.pk], at=MONDAY + timedelta(days=30))
    assert timers.sweep(MONDAY + timedelta(days=30)) == 0
    assert told() == []


def test_a_snooze_ends_at_its_time_or_when_the_customer_writes(time_machine):
    time_machine.move_to(MONDAY)
    one, other = factories.ticket(), factories.ticket()
    for ticket in (one, other):
        actions.snooze(ticket, until=MONDAY + timedelta(hours=1), by=SYSTEM)
    factories.message(other, text="Toujours rien ?")
    assert told(other) == ["woken"]
    timers.sweep(MONDAY + timedelta(minutes=59))
    assert told(one) == []
    timers.sweep(MONDAY + timedelta(hours=1))
    timers.sweep(MONDAY + timedelta(hours=1))
    one.refresh_from_db()
    assert (told(one), one.snoozed_until) == (["woken"], None)


def test_a_snooze_ends_when_the_order_has_come_where_it_was_waited_for(time_machine):
    time_machine.move_to(MONDAY)
    ticket = factories.ticket()
    order = factories.order(ticket.customer, status="paid")
    with pytest.raises(Refused):  # of the past
        actions.snooze(ticket, until=MONDAY - timedelta(days=1), wakes_on="shipped", by=SYSTEM)
    actions.snooze(ticket, until=MONDAY + timedelta(days=14), wakes_on="delivered", by=SYSTEM)
    assert list(ticket.orders.all()) == [order]
    for status, event in (("paid", []), ("shipped", []), ("delivered", ["woken"])):
        Order.objects.update(status=status)
        timers.sweep(MONDAY + timedelta(days=1))
        assert told(ticket) == event
    assert ticket.events.get(kind="woken").data == {"why": "delivered"}
    with pytest.raises(Refused):
        actions.snooze(Ticket.objects.get(), until=MONDAY + timedelta(days=14), wakes_on="shipped", by=SYSTEM)


def test_a_promise_is_broken_when_its_second_has_passed_on_a_merged_ticket_too():
    ticket, into = past("C", at=MONDAY), past("C", at=MONDAY)
    for one in (ticket, into):
        Promise.objects.create(ticket=one, place="ack", channel_kind="email", shown_at=MONDAY, due_at=DUE, text="9:00")
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=into)
    timers.sweep(DUE)
    assert Promise.objects.filter(kept=None).count() == 2
    timers.sweep(DUE + SECOND)
    assert set(Promise.objects.values_list("kept", "judged_at")) == {(False, DUE)}


def test_what_falls_due_together_costs_the_same_few_queries_for_12_and_30():
    policy(resolution=None)
    factories.user(role=Role.LEAD, presence="online")
    counts = []
    for number in (12, 12, 30):  # the first makes the lead's line that counts
        for _one in range(number):
            waiting()
        with CaptureQueriesContext(connection) as captured:
            assert timers.sweep(DUE + timedelta(hours=1)) == number
        counts.append(len(captured))
    assert counts[1:] == [QUERIES_OF_A_SWEEP] * 2


@pytest.mark.django_db(transaction=True)
def test_what_somebody_works_on_this_instant_is_told_by_the_next_sweep():
    policy(resolution=None)
    ticket, other = waiting(), waiting()
    held = threading.Event()
    free = threading.Event()

    def work():
        with transaction.atomic():
            Ticket.objects.select_for_update().get(pk=ticket.pk)
            held.set()
            free.wait(10)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    held.wait(10)
    timers.sweep(DUE + SECOND)
    assert (told(ticket), told(other)) == ([], ["breached", "escalated"])
    free.set()
    worker.join()
    timers.sweep(DUE + SECOND)
    assert told(ticket) == ["breached", "escalated"]


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_tell_everything_once():
    policy(resolution=None)
    for _number in range(20):
        waiting()

    def run():
        timers.sweep(DUE + SECOND)
        connection.close()

    sweepers = [threading.Thread(target=run) for _number in range(2)]
    for one in sweepers:
        one.start()
    for one in sweepers:
        one.join()
    timers.sweep(DUE + SECOND)
    assert told().count("breached") == 20


class TestLadder:
    """Each step a higher person, never the same; on duty = available while the shop is open."""

    def lead(self, **fields):
        return factories.user(role=Role.LEAD, presence="online", **fields)

    def test_a_breach_calls_in_a_lead_then_a_manager_then_an_admin_then_nobody(self):
        lead, manager = self.lead(), factories.user(role=Role.MANAGER, presence="online")
        admin, ticket = factories.admin(presence="online"), waiting()
        assert [escalate(ticket, why="late") for _step in range(4)] == [lead, manager, admin, None]
        levels = [event.data["level"] for event in ticket.events.filter(kind="escalated").order_by("pk")]
        assert levels == [1, 2, 3]
        assert set(ticket.followers.values_list("user", flat=True)) == {lead.pk, manager.pk, admin.pk}

    def test_each_hears_why_in_their_own_language_and_the_timeline_in_the_shops(self):
        """A reply is due at 9:00; at 9:00:01 the lead is called in."""
        lead = self.lead(language="en")
        policy(resolution=None)
        ticket = waiting()
        timers.sweep(DUE + SECOND)
        step = ticket.events.get(kind="escalated")
        assert step.data["why"] == "première réponse en retard"
        told = Notification.objects.get(user=lead, kind="escalated")
        assert told.text == f"Ticket #{ticket.pk} needs you: first reply overdue"

    def test_the_lead_who_has_it_already_is_passed_over(self):
        lead, other = self.lead(), self.lead()
        manager = factories.user(role=Role.MANAGER, presence="online")
        assert escalate(waiting(assignee=lead, assigned_at=MONDAY), why="late") == manager
        assert escalate(waiting(), why="late") in (lead, other)

    def test_only_the_teams_own_leads(self):
        care = factories.team("care")
        self.lead()
        own = self.lead(teams=(care,))
        assert escalate(waiting(team=care), why="late") == own

    def test_away_or_after_hours_nobody_is_on_duty_and_the_managers_are_alerted(self):
        factories.calendar()
        lead, manager, ticket = self.lead(), factories.user(role=Role.MANAGER), waiting()
        sunday, monday = datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 9, 14, tzinfo=UTC)
        assert escalate(ticket, why="late", at=sunday) is None
        assert Notification.objects.get(kind="escalated").user == manager
        assert escalate(ticket, why="late", at=monday) == lead
        assert escalate(ticket, why="late", at=monday) is None  # the manager is away

    def test_of_two_the_one_with_fewer_tickets(self):
        busy, free = self.lead(), self.lead()
        waiting(assignee=busy, assigned_at=MONDAY)
        assert escalate(waiting(), why="late") == free

    def test_a_breach_climbs_one_step(self):
        policy(resolution=None)
        lead, ticket = self.lead(), waiting()
        timers.sweep(DUE + SECOND)
        assert told(ticket) == ["breached", "escalated"]
        assert ticket.events.get(kind="escalated").data["to"] == lead.pk

    def called_in(self, ticket):
        """(minutes after the opening, whom) for each step."""
        steps = ticket.events.filter(kind="escalated").order_by("pk")
        return [(event.at, event.data["to"]) for event in steps]

    def test_who_does_not_act_within_the_hour_is_followed_by_a_higher_one(self, time_machine):
        """Due at 9:00: the lead at 9:00:01, the manager an hour later, then the admin, then nobody is left."""
        policy(resolution=None)
        lead, manager = self.lead(), factories.user(role=Role.MANAGER, presence="online")
        admin, ticket = factories.admin(presence="online"), waiting()
        first = DUE + SECOND
        for minutes in (0, 59, 60, 60, 119, 120, 180, 240):
            time_machine.move_to(first + timedelta(minutes=minutes), tick=False)
            timers.sweep(first + timedelta(minutes=minutes))
        assert self.called_in(ticket) == [
            (first, lead.pk),
            (first + timedelta(minutes=60), manager.pk),
            (first + timedelta(minutes=120), admin.pk),
        ]
        assert ticket.deadlines.get().escalate_at is None

    def test_who_answers_ends_the_ladder(self):
        policy(resolution=None, next_reply=None)
        self.lead(), factories.user(role=Role.MANAGER, presence="online")
        ticket = waiting()
        timers.sweep(DUE + SECOND)
        happen(ticket, "A", DUE + timedelta(minutes=30))
        timers.sweep(DUE + timedelta(hours=2))
        assert told(ticket) == ["breached", "escalated"]
        assert ticket.deadlines.get().escalate_at is None

    def test_steps_wait_for_the_next_opening(self):
        """Monday 17:30 plus an open hour: Tuesday 9:30, not in the night when nobody is there."""
        factories.calendar()
        policy(clock="business", first_reply=3600, resolution=None)
        self.lead()
        opened = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
        ticket = past("C", at=opened)
        deadlines.settle_many([ticket.pk], at=opened)
        timers.sweep(datetime(2026, 3, 2, 16, 30, tzinfo=UTC) + SECOND)
        assert ticket.deadlines.get().escalate_at == datetime(2026, 3, 3, 8, 30, tzinfo=UTC) + SECOND

    def test_a_policy_may_leave_it_at_the_first_step(self):
        policy(resolution=None, escalate_every=None)
        self.lead()
        ticket = waiting()
        timers.sweep(DUE + SECOND)
        assert ticket.deadlines.get().escalate_at is None
