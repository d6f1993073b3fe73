"""What is said, and what waits: each test draws its timeline."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from channels_app.models import OutboundMessage
from tests import factories
from tickets import actions, promises
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.models import Author, Delivery, EventKind, Message
from tickets.states import State

pytestmark = pytest.mark.django_db


def test_three_messages_wait_from_the_first():
    first = timezone.now() - timedelta(hours=3)
    ticket = factories.ticket(at=first)
    factories.message(ticket, at=first + timedelta(hours=1))
    factories.message(ticket, at=first + timedelta(hours=2))
    ticket.refresh_from_db()
    assert ticket.waiting_since == first
    assert ticket.due_at == promises.promised_by(ticket.shop, first)


def test_a_reply_ends_the_wait_and_leaves_once():
    ticket, agent = factories.ticket(subject="Colis perdu"), factories.user()
    message = actions.reply(ticket, by=Actor.agent(agent), text="Bonjour, nous cherchons votre colis.")
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.due_at, ticket.state) == (None, None, State.OPEN)
    outbound = OutboundMessage.objects.get()
    assert message.outbound == outbound
    assert message.delivery == Delivery.QUEUED
    assert outbound.subject == "Re: Colis perdu"
    assert outbound.sender_name == agent.full_name
    assert outbound.to == [{"value": ticket.customer.email, "name": "Jasmine Roy"}]
    assert outbound.text.startswith("Bonjour, nous cherchons votre colis.\n\n-- \n" + agent.full_name)
    assert not outbound.automatic


def test_the_customer_writes_again_and_waits_anew():
    ticket = factories.ticket()
    actions.reply(ticket, by=Actor.agent(factories.user()), text="Bonjour.", then=State.PENDING)
    again = timezone.now()
    factories.message(ticket, at=again)
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.state) == (again, State.OPEN)


@pytest.mark.parametrize("state", [State.PENDING, State.ON_HOLD, State.SOLVED])
def test_a_robot_neither_waits_nor_reopens(state):
    ticket = actions.change_state(factories.ticket(), state, by=SYSTEM)
    before = (ticket.waiting_since, ticket.due_at)
    factories.message(ticket, text="Je suis absent jusqu'au 12.", automatic=True)
    ticket.refresh_from_db()
    assert ticket.state == state
    assert (ticket.waiting_since, ticket.due_at) == before


def test_a_message_reopens_a_solved_ticket():
    ticket = actions.solve(factories.ticket(), by=SYSTEM)
    factories.message(ticket, text="Ça ne marche toujours pas.")
    ticket.refresh_from_db()
    assert (ticket.state, ticket.solved_at) == (State.OPEN, None)


def test_the_same_form_twice_is_one_reply():
    ticket, agent, form = factories.ticket(), factories.user(), uuid.uuid4()
    first = actions.reply(ticket, by=Actor.agent(agent), text="Une fois.", submission=form)
    second = actions.reply(ticket, by=Actor.agent(agent), text="Une fois.", submission=form)
    assert first == second
    assert OutboundMessage.objects.count() == 1
    assert ticket.messages.filter(author=Author.AGENT).count() == 1


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_an_empty_reply_is_refused_and_leaves_nothing(text):
    ticket = factories.ticket()
    with pytest.raises(ValueError, match="^text: "):
        actions.reply(ticket, by=Actor.agent(factories.user()), text=text)
    assert Message.objects.count() == 1
    assert OutboundMessage.objects.count() == 0


def test_a_closed_ticket_takes_no_reply():
    ticket = actions.close(factories.ticket(), by=SYSTEM)
    with pytest.raises(ValueError, match="^ticket: "):
        actions.reply(ticket, by=Actor.agent(factories.user()), text="Trop tard.")
    assert OutboundMessage.objects.count() == 0


def test_a_note_tells_nobody_outside_and_ends_no_wait():
    ticket = factories.ticket()
    message = actions.note(ticket, by=Actor.agent(factories.user()), text="Marge OK, elle est VIP.")
    ticket.refresh_from_db()
    assert message.is_note
    assert ticket.waiting_since is not None
    assert OutboundMessage.objects.count() == 0


def test_a_message_from_the_future_is_dated_now():
    ticket = factories.ticket()
    message = factories.message(ticket, at=datetime(2099, 1, 1, tzinfo=UTC))
    assert message.at <= timezone.now()


def test_a_failed_reply_never_reached_the_customer():
    asked = timezone.now() - timedelta(hours=2)
    ticket = factories.ticket(at=asked)
    reply = actions.reply(ticket, by=Actor.agent(factories.user()), text="Voici la réponse.")
    outbound = reply.outbound
    outbound.state, outbound.error = OutboundMessage.State.FAILED, "550 no such user"
    outbound.save()
    actions.record_delivery(outbound)
    ticket.refresh_from_db()
    reply.refresh_from_db()
    assert (reply.delivery, reply.delivery_error) == (Delivery.FAILED, "550 no such user")
    assert ticket.waiting_since == asked
    assert ticket.events.filter(kind=EventKind.DELIVERY_FAILED, message=reply).count() == 1


def test_a_follow_up_is_linked_and_leaves_the_closed_ticket_alone():
    closed = actions.close(factories.ticket(subject="Lampe cassée"), by=SYSTEM)
    version = closed.version
    ticket = actions.follow_up(
        closed, customer=closed.customer, by=CUSTOMER, subject="Re: Lampe cassée", channel=closed.channel
    )
    closed.refresh_from_db()
    assert (ticket.follows, ticket.state, closed.version) == (closed, State.NEW, version)
