"""A complaint goes through six stages and ends with the customer's word (S111-S116)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Role
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions, timers
from tickets.actors import CUSTOMER, Actor
from tickets.models import Complaint, EventKind

pytestmark = pytest.mark.django_db
Stage, Phase = Complaint.Stage, Complaint.Phase


@pytest.fixture
def agent():
    return Actor.agent(make.user())


@pytest.fixture
def complaint(agent):
    return actions.open_complaint(
        make.ticket(text="C'est inadmissible !"), by=agent, requested_outcome="Un remboursement"
    )


def refused(act, *args, **details) -> str:
    with pytest.raises(Refused) as caught:
        act(*args, **details)
    return caught.value.field


def announced(complaint, agent, days: int = 2):
    due = timezone.now() + timedelta(days=days)
    return actions.announce_measures(complaint, measures="Nouvel envoi", solution_due_at=due, by=agent)


def test_no_solution_before_the_customer_has_heard_what_will_be_done(complaint, agent):
    assert refused(actions.advance, complaint, to=Stage.SOLVE, by=agent) == "stage"
    announced(complaint, agent)
    assert refused(actions.advance, complaint, to=Stage.SOLVE, by=agent) == "stage"
    actions.reply(complaint.ticket, by=agent, text="Je vous renvoie le vase demain.")
    assert actions.advance(complaint, to=Stage.SOLVE, by=agent).stage == Stage.SOLVE


def test_a_skipped_stage_is_noted(complaint, agent):
    announced(complaint, agent)
    actions.reply(complaint.ticket, by=agent, text="Je vous renvoie le vase demain.")
    actions.advance(complaint, to=Stage.THANK, by=agent)
    assert complaint.ticket.events.filter(kind=EventKind.COMPLAINT).last().data == {"stage": 5, "skipped": ["solve"]}


def test_the_latest_date_is_a_promise_that_only_the_solution_keeps(complaint, agent):
    announced(complaint, agent)
    promise = complaint.ticket.promises.get(place="complaint")
    actions.reply(complaint.ticket, by=agent, text="Je vous renvoie le vase demain.")
    promise.refresh_from_db()
    assert promise.kept is None  # words are no solution
    actions.advance(complaint, to=Stage.SOLVE, by=agent)
    promise.refresh_from_db()
    assert promise.kept is True


def test_a_date_that_passes_is_a_broken_promise(complaint, agent):
    announced(complaint, agent)
    timers.sweep(timezone.now() + timedelta(days=3))
    assert complaint.ticket.promises.get(place="complaint").kept is False


def test_a_date_that_passes_calls_in_a_lead_once_for_each_date(complaint, agent):
    lead = make.user(role=Role.LEAD, presence="online")
    manager = make.user(role=Role.MANAGER, presence="online")
    for days, called in ((1, [lead.pk]), (2, [lead.pk, manager.pk])):
        due = timezone.now() + timedelta(days=days)
        actions.announce_measures(complaint, measures="Nous renvoyons.", solution_due_at=due, by=agent)
        for _time in range(2):
            timers.sweep(due)
            timers.sweep(due + timedelta(seconds=1))
        steps = complaint.ticket.events.filter(kind=EventKind.ESCALATED, data__why="solution annoncée en retard")
        assert [step.data["to"] for step in steps.order_by("pk")] == called
    actions.reply(complaint.ticket, by=agent, text="Voici.")
    actions.advance(complaint, to=Stage.SOLVE, by=agent)
    assert timers.sweep(timezone.now() + timedelta(days=9)) == 0


def test_only_evidence_confirms(complaint, agent):
    ours = actions.note(complaint.ticket, by=agent, text="content, je crois")
    assert refused(actions.confirm, complaint, by=agent) == "evidence"
    assert refused(actions.confirm, complaint, by=agent, evidence=ours) == "evidence"
    theirs = make.message(complaint.ticket, text="Parfait, merci !")
    closed = actions.confirm(complaint, by=agent, evidence=theirs)
    assert (closed.outcome, closed.stage, closed.evidence) == ("confirmed", Stage.CLOSE, theirs)
    assert complaint.ticket.events.filter(kind=EventKind.CONFIRMED).count() == 1


def test_the_customers_own_click_confirms_once(complaint):
    for _ in range(2):
        actions.confirm(complaint, by=CUSTOMER)
    assert complaint.ticket.events.filter(kind=EventKind.CONFIRMED).count() == 1


def test_unconfirmed_only_after_the_reminders(complaint, agent):
    assert refused(actions.close_unconfirmed, complaint, by=agent) == "stage"
    for _ in range(3):  # asked once, reminded twice
        actions.note_asked(complaint, by=agent)
    assert actions.close_unconfirmed(complaint, by=agent).outcome == "unconfirmed"


def test_while_anger_rises_nobody_argues(complaint, agent):
    assert actions.is_heated(complaint.ticket)
    actions.set_phase(complaint, to=Phase.CALM, by=agent)
    assert not actions.is_heated(complaint.ticket)


def test_compensation_within_the_limit_needs_nobody(complaint, agent):
    given = actions.compensate(complaint.ticket, kind="voucher", amount=Decimal("30"), currency="EUR", by=agent)
    assert given.approved_by == agent.user


def test_beyond_the_limit_somebody_else_approves(complaint, agent):
    given = actions.compensate(complaint.ticket, kind="refund", amount=Decimal("30.01"), currency="EUR", by=agent)
    assert given.approved_at is None
    assert refused(actions.approve_compensation, given, by=agent) == "approved_by"
    assert refused(actions.approve_compensation, given, by=Actor.agent(make.user())) == "approved_by"
    lead = Actor.agent(make.user(role=Role.LEAD))
    assert actions.approve_compensation(given, by=lead).approved_by == lead.user


@pytest.mark.parametrize(("amount", "currency", "field"), [("0", "EUR", "amount"), ("5", "USD", "currency")])
def test_bad_compensation_names_the_field(complaint, agent, amount, currency, field):
    details = {"kind": "gift", "amount": Decimal(amount), "currency": currency, "by": agent}
    assert refused(actions.compensate, complaint.ticket, **details) == field
    assert complaint.ticket.compensations.count() == 0
