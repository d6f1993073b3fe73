"""A carrier is asked beside the customer's conversation, and its answer comes back there."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from channels_app import inbox
from channels_app.adapters.email import addresses
from channels_app.models import Channel, OutboundMessage
from helpdesk.lib.refused import Refused
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.intake import take_in
from tickets.models import Author, EventKind, Message, SideThread, Ticket

pytestmark = pytest.mark.django_db
CARRIER = "sav@colissimo.example"


@pytest.fixture
def agent():
    return make.user()


def ask(ticket, agent, **fields):
    fields = {"to": CARRIER, "subject": "Enquête 6A188", "text": "Où est ce colis ?"} | fields
    return actions.start_side(ticket, by=Actor.agent(agent), **fields)


def mail(sender, to, subject="RE: Enquête 6A188", text="Remis au 21.", headers=""):
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <x{hash((sender, text))}@z>\r\n{headers}"
    raw = f"{head}\r\n{text}\r\n"
    stored, _new = inbox.store(make.channel(), raw.encode(), dedupe_key=raw[:150], source="smtp")
    take_in(stored.pk)
    stored.refresh_from_db()
    return stored


def test_it_leaves_from_the_mailbox_under_an_address_of_its_own(agent):
    ticket = make.ticket()
    waiting = ticket.waiting_since
    message = ask(ticket, agent)
    outbound = OutboundMessage.objects.get()
    side = SideThread.objects.get()
    assert (message.public, message.side, message.author) == (False, side, Author.AGENT)
    assert (outbound.to, outbound.subject, outbound.references) == (
        [{"value": CARRIER, "name": ""}],
        "Enquête 6A188",
        [],
    )
    assert outbound.thread == f"0{side.pk}"
    ticket.refresh_from_db()
    assert (ticket.waiting_since, ticket.state) == (waiting, "new")


@pytest.mark.parametrize("sender", [CARRIER, "autre.guichet@colissimo.example"])
def test_the_answer_comes_back_aside(agent, sender):
    ticket = make.ticket()
    ask(ticket, agent)
    state, waiting = ticket.state, ticket.waiting_since
    stored = mail(sender, addresses.reply_address(make.channel(), SideThread.objects.get().thread))
    assert (stored.state, Ticket.objects.count()) == ("processed", 1)
    answer = Message.objects.get(inbound=stored)
    assert (answer.author, answer.public, answer.side.party) == (Author.THIRD, False, CARRIER)
    assert (answer.text, answer.customer) == ("Remis au 21.", None)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since) == (state, waiting)
    assert ticket.events.filter(kind=EventKind.SIDE).count() == 2


@pytest.mark.parametrize(
    ("headers", "state", "asleep"), [("", "open", False), ("Auto-Submitted: auto-replied\r\n", "on_hold", True)]
)
def test_what_waits_for_the_answer_is_to_be_done_again_but_not_for_a_robots(agent, headers, state, asleep):
    ticket, by = make.ticket(), Actor.agent(agent)
    ask(ticket, agent)
    actions.hold(ticket, by=by)
    actions.snooze(ticket, until=timezone.now() + timedelta(days=3), by=by)
    mail(CARRIER, addresses.reply_address(make.channel(), SideThread.objects.get().thread), headers=headers)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.snoozed_until is not None) == (state, asleep)


def test_the_answer_wakes_the_ticket_that_a_merge_left(agent):
    ticket, home, by = make.ticket(), make.ticket(), Actor.agent(agent)
    ask(ticket, agent)
    actions.merge(ticket, into=home, by=by)
    actions.hold(home, by=by)
    mail(CARRIER, addresses.reply_address(make.channel(), SideThread.objects.get().thread))
    home.refresh_from_db()
    assert home.state == "open"


def test_an_answer_without_our_address_is_known_by_the_id_it_names(agent):
    ticket = make.ticket()
    message = ask(ticket, agent)
    stored = mail(CARRIER, "support@maison-lune.example", headers=f"In-Reply-To: <{message.external_id}>\r\n")
    assert Message.objects.get(inbound=stored).side == message.side


def test_the_customer_never_writes_into_it(agent):
    ticket = make.ticket(make.customer("jasmine@example.org"))
    ask(ticket, agent)
    stored = mail("jasmine@example.org", addresses.reply_address(make.channel(), SideThread.objects.get().thread))
    message = Message.objects.get(inbound=stored)
    assert (message.ticket, message.side, message.author, message.public) == (ticket, None, Author.CUSTOMER, True)


def test_its_number_is_never_taken_for_a_ticket(agent):
    tickets = [make.ticket() for _number in range(3)]
    ask(tickets[0], agent)
    stored = mail(CARRIER, addresses.reply_address(make.channel(), f"0{tickets[2].pk}"))
    assert not Message.objects.filter(inbound=stored, ticket=tickets[2]).exists()


def test_its_ids_do_not_lead_into_the_customers_mails(agent):
    ticket = make.ticket()
    aside = ask(ticket, agent)
    reply = actions.reply(ticket, by=Actor.agent(agent), text="Nous cherchons.")
    assert aside.external_id not in reply.outbound.references


def test_answering_again_continues_the_thread(agent):
    first = ask(make.ticket(), agent)
    second = actions.answer_side(first.side, by=Actor.agent(agent), text="Et la photo ?")
    assert (second.outbound.subject, second.outbound.references) == ("Re: Enquête 6A188", [first.external_id])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": "nobody"}, "to"),
        ({"to": "a@b.example, c@d.example"}, "to"),
        ({"to": "jasmine@example.org"}, "to"),
        ({"subject": " "}, "subject"),
        ({"text": " "}, "text"),
    ],
)
def test_refusals_name_their_field_and_leave_nothing(agent, fields, field):
    ticket = make.ticket(make.customer("jasmine@example.org"))
    with pytest.raises(Refused, match=f"^{field}: "):
        ask(ticket, agent, **fields)
    assert (SideThread.objects.count(), OutboundMessage.objects.count()) == (0, 0)


def forwarded(client: Client, ticket, **said):
    form = {"to": CARRIER, "subject": "Enquête 6A188", "text": "Où est ce colis ?", "submission": str(uuid4())}
    return client.post(f"/tickets/{ticket.pk}/sides/", form | said)


def test_within_ten_seconds_it_is_taken_back_to_the_form_it_came_from_and_goes_on_beside(client: Client, agent):
    client.force_login(agent)
    ticket = make.ticket()
    forwarded(client, ticket, uploads=[SimpleUploadedFile("colis.pdf", b"%PDF-1.7 x")])
    (first,) = Message.objects.filter(user=agent)
    assert first.outbound.not_before - first.at == timedelta(seconds=10)
    back = client.post(f"/messages/{first.pk}/take-back/")
    assert back["Location"] == f"/tickets/{ticket.pk}/forward/{first.pk}/#composer"
    form = client.get(back["Location"]).context["aside"]
    assert [form[name].value() for name in ("to", "text", "again")] == [CARRIER, "Où est ce colis ?", first.pk]
    forwarded(client, ticket, text="Où est le colis ?", again=first.pk, with_files="1")
    first.refresh_from_db()
    again = Message.objects.get(text="Où est le colis ?")
    assert (first.delivery, first.outbound.state, again.delivery) == ("cancelled", "cancelled", "queued")
    assert (again.side, again.subject, again.outbound.references) == (first.side, "Enquête 6A188", [])
    assert again.attachments.get().name == "colis.pdf"


def test_who_may_not_write_to_others_takes_nothing_of_theirs_back(client: Client, agent):
    team = make.team("care")
    message = ask(make.ticket(team=team), agent, undoable=True)
    client.force_login(make.user(role="partner", teams=(team,)))
    assert client.post(f"/messages/{message.pk}/take-back/").status_code == 403
    assert Message.objects.get(pk=message.pk).delivery == "queued"


def test_an_answer_that_cannot_go_comes_back_with_its_words_and_why(client: Client, agent):
    client.force_login(agent)
    ticket = make.ticket()
    side = ask(ticket, agent).side
    Channel.objects.update(enabled=False)
    for headers in ({"HX-Request": "true"}, {}):
        answer = client.post(
            f"/sides/{side.pk}/say/", {"text": "Et la photo ?", "submission": str(uuid4())}, headers=headers
        )
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Où est ce colis ?" in page  # the conversation stays
        assert re.search(r"<textarea[^>]*>Et la photo \?</textarea>", page)
        assert page.count("field__error") == 1
    assert side.messages.count() == 1
