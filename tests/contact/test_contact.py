"""/help/<shop>/contact/: stored raw, then a ticket; what is wrong is named and nothing typed is lost."""

import re
import uuid

import pytest
from django.test import Client

from channels_app.models import InboundMessage
from tests import factories as make
from tickets import actions, intake
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SAID = {"subject": "Globe fêlé", "text": "Le globe est cassé.", "name": "Jasmine Roy", "email": "jasmine@example.org"}


@pytest.fixture
def shopper() -> Client:
    make.channel()
    return Client(enforce_csrf_checks=True)


def sent(shopper: Client, **changed: str):
    return shopper.post("/help/main/contact/", SAID | {"submission": str(uuid.uuid4())} | changed)


def test_a_message_becomes_a_ticket_and_its_link_shows_the_answer_but_no_note(shopper):
    answer = sent(shopper)
    assert answer.status_code == 302
    stored = InboundMessage.objects.get()
    intake.take_in(stored.pk)
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel_kind, ticket.customer.email) == ("Globe fêlé", "form", "jasmine@example.org")
    agent = Actor.agent(make.user())
    actions.note(ticket, by=agent, text="secret note")
    reply = actions.reply(ticket, by=agent, text="Un globe neuf part demain.")
    assert reply.outbound.channel.kind == "email"
    assert reply.outbound.to == [{"value": "jasmine@example.org", "name": "Jasmine Roy"}]
    page = shopper.get(answer["Location"]).content.decode()
    assert ("Un globe neuf part demain." in page, "secret note" in page) == (True, False)


def test_the_same_submission_twice_is_one_message(shopper):
    key = str(uuid.uuid4())
    sent(shopper, submission=key)
    sent(shopper, submission=key)
    assert InboundMessage.objects.count() == 1


def test_an_error_names_its_field_and_keeps_what_was_typed(shopper):
    answer = sent(shopper, email="jasmine@")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', page) == ["email"]
    assert ("Le globe est cassé." in page, 'href="#id_email"' in page) == (True, True)
    assert InboundMessage.objects.count() == 0


def test_a_forged_link_leads_nowhere(shopper):
    assert shopper.get("/help/main/requests/forged/").status_code == 404
