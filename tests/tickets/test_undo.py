"""Replies that wait before they leave: taken back in time, held back by the customer, or scheduled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app import outbox
from channels_app.base import File
from channels_app.models import OutboundMessage
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions, reactions
from tickets.actors import Actor
from tickets.models import Delivery, DeskSettings, Draft, Event, EventKind, Message
from tickets.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make.user(first_name="Sophie", last_name="Martin")


def say(ticket, agent, **fields):
    fields = {"text": "Bonjour, il part aujourd’hui."} | fields
    return actions.reply(ticket, by=Actor.agent(agent), undoable=True, **fields)


def kinds(ticket):
    return list(ticket.events.order_by("pk").values_list("kind", flat=True))


def let_time_pass(message, seconds=60):
    OutboundMessage.objects.filter(pk=message.outbound_id).update(
        not_before=message.outbound.not_before - timedelta(seconds=seconds)
    )


def test_a_reply_of_the_desk_waits_ten_seconds_one_of_the_api_none(agent):
    ticket = make.ticket()
    late = say(ticket, agent)
    soon = actions.reply(ticket, by=Actor.agent(agent), text="Tout de suite.")
    assert late.outbound.not_before - late.at == timedelta(seconds=10)
    assert soon.outbound.not_before <= timezone.now()


def test_the_shop_chooses_how_long(agent):
    ticket = make.ticket()
    DeskSettings.objects.create(shop=ticket.shop, undo_seconds={"email": 30})
    message = say(ticket, agent)
    assert message.outbound.not_before - message.at == timedelta(seconds=30)


def test_taken_back_it_never_happened(agent):
    asked = timezone.now() - timedelta(hours=2)
    ticket = make.ticket(at=asked)
    paper = File("a.pdf", "application/pdf", b"%PDF-1")
    message = say(ticket, agent, then=State.SOLVED, files=[paper], html="<p>Bonjour, <b>il part</b>.</p>")
    draft = actions.take_back(message, by=Actor.agent(agent))
    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, ticket.solved_at) == (State.NEW, asked, None)
    assert ticket.due_at is not None
    assert message.delivery == Delivery.CANCELLED
    assert (draft.text, draft.html) == (message.text, message.html)
    assert [(file.name, file.file.read()) for file in draft.files.all()] == [("a.pdf", b"%PDF-1")]
    assert kinds(ticket) == ["opened", "message", "message", "state", "state", "taken_back"]
    assert ticket.events.filter(kind=EventKind.STATE).last().data == {"old": "solved", "to": "new", "taken_back": True}
    let_time_pass(message)
    assert outbox.deliver_due() == 0


def test_what_has_left_stays_said(agent):
    ticket = make.ticket()
    message = say(ticket, agent)
    let_time_pass(message)
    outbox.deliver(message.outbound_id)
    version = type(ticket).objects.get(pk=ticket.pk).version
    with pytest.raises(Refused, match="^message: "):
        actions.take_back(message, by=Actor.agent(agent))
    ticket.refresh_from_db()
    assert (ticket.version, Draft.objects.count()) == (version, 0)


def test_taking_back_twice_is_taking_back_once(agent):
    ticket = make.ticket()
    message = say(ticket, agent)
    actions.take_back(message, by=Actor.agent(agent))
    with pytest.raises(Refused):
        actions.take_back(message, by=Actor.agent(agent))
    assert kinds(ticket).count("taken_back") == 1
    assert Draft.objects.get().text == message.text


def test_somebody_changed_the_state_meanwhile_it_stays_theirs(agent):
    ticket = make.ticket()
    message = say(ticket, agent, then=State.SOLVED)
    actions.hold(ticket, by=Actor.agent(make.user()))
    actions.take_back(message, by=Actor.agent(agent))
    ticket.refresh_from_db()
    assert ticket.state == State.ON_HOLD


def test_the_customer_writes_meanwhile_and_the_reply_returns_to_its_draft(agent):
    asked = timezone.now() - timedelta(hours=1)
    ticket = make.ticket(at=asked)
    actions.save_draft(ticket, user=agent, public=True, text="PS")
    message = say(ticket, agent, then=State.PENDING)
    make.message(ticket, text="Trop tard, annulez !")
    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (message.delivery, message.outbound.state) == ("cancelled", "cancelled")
    assert Draft.objects.get(user=agent).text == "Bonjour, il part aujourd’hui.\n\nPS"
    assert ticket.waiting_since == asked
    assert ticket.events.get(kind=EventKind.TAKEN_BACK).actor == Event.Actor.CUSTOMER


def test_a_robot_holds_nothing_back(agent):
    ticket = make.ticket()
    message = say(ticket, agent)
    make.message(ticket, text="Je suis absent.", automatic=True)
    message.refresh_from_db()
    assert message.delivery == Delivery.QUEUED


def test_reactions_wait_until_the_reply_is_final(agent, monkeypatch):
    seen: list[int] = []
    monkeypatch.setitem(reactions.REACTIONS, EventKind.MESSAGE, [lambda event: seen.append(event.message_id)])
    ticket = make.ticket()
    first, second = say(ticket, agent), say(ticket, agent, text="Et encore ceci.")
    reactions.sweep()
    assert seen == [ticket.messages.first().pk]
    actions.take_back(second, by=Actor.agent(agent))
    let_time_pass(first)
    reactions.sweep()
    assert seen == [ticket.messages.first().pk, first.pk]
    assert not Event.objects.filter(message=second, reacted_at=None, kind=EventKind.MESSAGE).exists()


def test_a_scheduled_reply_changes_nothing_until_it_leaves(agent):
    asked = timezone.now() - timedelta(hours=1)
    ticket = make.ticket(at=asked)
    tomorrow = timezone.now() + timedelta(days=1)
    message = say(ticket, agent, then=State.SOLVED, leaves_at=tomorrow)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, message.at) == (State.NEW, asked, tomorrow)
    assert kinds(ticket) == ["opened", "message", "scheduled"]
    let_time_pass(message, 2 * 86_400)
    outbox.deliver(message.outbound_id)
    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, message.delivery) == (State.SOLVED, None, "kept")
    assert timezone.now() - message.at < timedelta(minutes=1)
    assert kinds(ticket) == ["opened", "message", "scheduled", "message", "state"]


def test_a_scheduled_reply_is_taken_back_like_any_other(agent):
    ticket = make.ticket()
    message = say(ticket, agent, leaves_at=timezone.now() + timedelta(days=1))
    actions.take_back(message, by=Actor.agent(agent))
    assert Message.objects.get(pk=message.pk).delivery == Delivery.CANCELLED
    assert Draft.objects.get().text == message.text


@pytest.mark.parametrize("ahead", [timedelta(seconds=-1), timedelta(days=400)])
def test_a_time_that_cannot_be_is_refused(agent, ahead):
    ticket = make.ticket()
    with pytest.raises(Refused, match="^leaves_at: "):
        say(ticket, agent, leaves_at=timezone.now() + ahead)
    assert ticket.messages.count() == 1


def test_a_stale_reply_is_held_until_confirmed(agent):
    ticket = make.ticket()
    known = ticket.messages.get().pk
    other = actions.reply(ticket, by=Actor.agent(make.user()), text="J’ai déjà répondu.")
    with pytest.raises(actions.Overtaken) as held:
        say(ticket, agent, seen=known)
    assert held.value.newer == [other]
    assert say(ticket, agent, seen=other.pk).delivery == Delivery.QUEUED
