import pytest

from tests import factories
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import EventKind, Priority, Reason, Tag

pytestmark = pytest.mark.django_db


def test_assigning_tells_once():
    ticket, agent = factories.ticket(), factories.user()
    ticket = actions.assign(actions.assign(ticket, to=agent, by=SYSTEM), to=agent, by=SYSTEM)
    assert ticket.assignee == agent
    assert ticket.assigned_at is not None
    assert ticket.events.filter(kind=EventKind.ASSIGNED).count() == 1


def test_nobody_is_assigned_who_has_left():
    ticket, gone = factories.ticket(), factories.user(is_active=False)
    with pytest.raises(ValueError, match="^assignee: "):
        actions.assign(ticket, to=gone, by=SYSTEM)
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_new_team_keeps_only_its_own_assignee():
    agent = factories.user()
    care, orders = factories.team("care", agent), factories.team("orders")
    ticket = actions.assign(factories.ticket(), to=agent, by=SYSTEM)
    assert actions.move_to_team(ticket, to=care, by=SYSTEM).assignee == agent
    assert actions.move_to_team(ticket, to=orders, by=SYSTEM).assignee is None


def test_tags_are_one_word_whatever_their_case():
    ticket = actions.tag(factories.ticket(), add=["VIP", "vip", " Noël "], by=SYSTEM)
    assert ticket.tags == ["VIP", "Noël"]
    assert list(Tag.objects.values_list("name", flat=True)) == ["Noël", "VIP"]
    ticket = actions.tag(ticket, add=["vip"], remove=["NOËL"], by=SYSTEM)
    assert ticket.tags == ["VIP"]
    assert ticket.events.filter(kind=EventKind.TAGS).last().data == {"added": [], "removed": ["Noël"]}


def test_priority_reason_and_subject_leave_their_traces():
    ticket = factories.ticket(subject="Aide")
    reason = Reason.objects.create(key="late", what="Livraison", why="Retard du transporteur")
    actions.prioritise(ticket, to=Priority.URGENT, by=SYSTEM)
    actions.choose_reason(ticket, to=reason, by=SYSTEM)
    actions.rename(ticket, to="  Colis   en retard ", by=SYSTEM)
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.reason, ticket.subject) == (Priority.URGENT, reason, "Colis en retard")
    told = list(ticket.events.order_by("pk").values_list("kind", flat=True))[-3:]
    assert told == [EventKind.PRIORITY, EventKind.REASON, EventKind.SUBJECT]


def test_a_subject_is_never_empty():
    ticket = factories.ticket(subject="Aide")
    with pytest.raises(ValueError, match="^subject: "):
        actions.rename(ticket, to="  ", by=SYSTEM)
