"""Tickets that agents open: a mail written first, a call noted; and tickets handed out by themselves."""

import uuid

import pytest
from django.test import Client

from accounts.models import Presence, Role
from customers.models import Customer
from tests import factories as make
from tickets import reactions
from tickets.models import DeskSettings, Event, EventKind, Reason, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client):
    user = make.user()
    client.force_login(user)
    return user


def filled(**fields):
    start = {
        "kind": "email",
        "email": "new@example.org",
        "name": "Nadia",
        "subject": "Your lamp",
        "text": "It is back.",
    }
    return start | {"shop": make.shop().pk, "submission": str(uuid.uuid4())} | fields


def test_writing_first(client: Client, agent):
    make.channel()
    reason = Reason.objects.create(key="stock", what="Product", why="Back in stock")
    form = filled(reason=reason.pk)
    for _time in range(2):
        answer = client.post("/tickets/new/open/", form)
    ticket = Ticket.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.pk}/"
    assert (ticket.customer.email, ticket.assignee, ticket.reason) == ("new@example.org", agent, reason)
    assert (ticket.opened_by_customer, ticket.waiting_since) == (False, None)
    assert [(one.author, one.text, one.delivery) for one in ticket.messages.all()] == [
        ("agent", "It is back.", "queued")
    ]


def test_a_call_was_answered_at_once(client: Client, agent):
    form = filled(kind="voice", email="", phone="06 12 34 56 78", text="Wants the blue one.")
    client.post("/tickets/new/open/", form)
    ticket = Ticket.objects.get()
    assert (ticket.channel_kind, ticket.customer.phone, ticket.waiting_since) == ("voice", "+33612345678", None)
    assert "No address: a reply cannot leave" in client.get(f"/tickets/{ticket.pk}/").content.decode()
    answered = ticket.events.get(kind=EventKind.ANSWERED)
    assert (answered.user, answered.at) == (agent, ticket.opened_at)
    assert ticket.messages.get(public=False).text == "Wants the blue one."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": ""}, "email"),
        ({"subject": " "}, "subject"),
        ({"text": ""}, "text"),
        ({"kind": "voice", "email": "", "phone": "12"}, "phone"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_left(client: Client, agent, wrong, field):
    make.channel()
    answer = client.post("/tickets/new/open/", filled(**wrong))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


def test_without_a_mailbox_nothing_is_begun(client: Client, agent):
    assert client.post("/tickets/new/open/", filled()).status_code == 422
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_known_customer_is_found_and_chosen(client: Client, agent):
    customer = make.customer("nadia@example.org", name="Nadia Cherkaoui")
    assert client.get("/tickets/new/?q=cherkaoui").content.decode().count(f'href="?customer={customer.pk}"') == 1
    assert client.get(f"/tickets/new/?customer={customer.pk}").content.decode().count('name="customer"') == 1


def test_partners_open_nothing(client: Client):
    client.force_login(make.user(role=Role.PARTNER))
    assert client.get("/tickets/new/").status_code == 403


@pytest.mark.parametrize(("how", "given"), [("manual", False), ("turn", True), ("load", True)])
def test_a_new_ticket_is_handed_out_as_the_shop_wants(how, given):
    colleague = make.user(presence=Presence.ONLINE)
    DeskSettings.objects.create(shop=make.shop(), assignment=how)
    ticket = make.ticket()
    reactions.react(Event.objects.get(ticket=ticket, kind=EventKind.OPENED).pk)
    assert Ticket.objects.get(pk=ticket.pk).assignee == (colleague if given else None)
