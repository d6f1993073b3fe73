"""/outbox/ and /intake/: what has not left, what could not be taken in."""

import pytest
from django.test import Client

from accounts.models import Role
from channels_app import inbox
from channels_app.models import InboundMessage, OutboundMessage
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client):
    user = make.user(role=Role.LEAD)
    client.force_login(user)
    return user


def parked(raw: bytes = b"From: a@example.org\r\n\r\nHello") -> InboundMessage:
    message, _new = inbox.store(make.channel(), raw, dedupe_key=f"k{len(raw)}", source="smtp")
    inbox.park(message.pk, "The mail could not be read.", final=True)
    return InboundMessage.objects.get(pk=message.pk)


def failed_reply(lead) -> Message:
    ticket = make.ticket()
    message = actions.reply(ticket, by=Actor.agent(lead), text="It leaves today.")
    OutboundMessage.objects.filter(pk=message.outbound_id).update(state="failed", error="Mailbox full")
    Message.objects.filter(pk=message.pk).update(delivery="failed", delivery_error="Mailbox full")
    return Message.objects.get(pk=message.pk)


def test_what_has_not_left_is_listed_with_its_reason(client: Client, lead):
    message = failed_reply(lead)
    body = client.get("/outbox/").content.decode()
    assert body.count(f'id="message-{message.pk}"') == 1
    assert body.count("Mailbox full") == 1


def test_what_has_left_is_not_listed(client: Client, lead):
    message = failed_reply(lead)
    OutboundMessage.objects.filter(pk=message.outbound_id).update(state="sent", sent_at=message.at, error="")
    assert client.get("/outbox/").content.decode().count("message-") == 0


def test_the_outbox_shows_only_tickets_that_one_may_see(client: Client, lead):
    message = failed_reply(lead)
    type(message.ticket).objects.filter(pk=message.ticket_id).update(team=make.team("secret"))
    assert client.get("/outbox/").content.decode().count("message-") == 0
    assert client.post(f"/messages/{message.pk}/resend/").status_code == 404


def test_a_failed_reply_is_sent_again(client: Client, lead):
    message = failed_reply(lead)
    assert client.post(f"/messages/{message.pk}/resend/").status_code == 302
    message.refresh_from_db()
    assert (message.delivery, message.outbound.state) == ("queued", "queued")


def test_what_could_not_be_taken_in_is_listed_downloaded_and_tried_again(client: Client, lead):
    message = parked()
    assert client.get("/intake/").content.decode().count("The mail could not be read.") == 1
    raw = client.get(f"/intake/{message.uuid}/raw/")
    assert raw.content == b"From: a@example.org\r\n\r\nHello"
    assert raw["Content-Disposition"] == f'attachment; filename="{message.uuid}.eml"'
    assert client.get(f"/intake/{message.uuid}/retry/").status_code == 405
    assert client.post(f"/intake/{message.uuid}/retry/").status_code == 302
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("stored", 0)


def test_agents_do_not_see_the_intake(client: Client):
    message = parked()
    client.force_login(make.user())
    for path in ("/intake/", f"/intake/{message.uuid}/raw/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/intake/{message.uuid}/retry/").status_code == 403
    message.refresh_from_db()
    assert message.state == "failed"
