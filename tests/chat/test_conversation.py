"""A conversation from both sides: in by the widget, out by the outbox, said once whatever happens."""

import uuid
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from channels_app import outbox
from channels_app.base import Address
from channels_app.models import InboundMessage, OutboundMessage
from helpdesk.lib.refused import Refused
from tests import factories as make
from tests.chat.visitor import Visitor
from tickets import actions, chat
from tickets.actors import Actor
from tickets.models import ChatSession, Message, Promise, Ticket
from tickets.tasks import abandon_chats

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def said(answer: dict[str, Any]) -> list[bool]:
    """Whose messages these are: True for the visitor's."""
    return [message["mine"] for message in answer["messages"]]


def answered(ticket: Ticket, text: str = "Elle part demain.") -> Message:
    message = actions.reply(ticket, by=Actor.agent(make.user()), text=text)
    if message.outbound_id:
        outbox.deliver(message.outbound_id)
    return message


def test_first_words_open_a_ticket(visitor: Visitor) -> None:
    answer = visitor.say(page="https://www.maison-lune.example/lampe", title="Lampe Opale")
    assert answer.status_code == 200
    ticket = Ticket.objects.get()
    assert (ticket.channel_kind, ticket.subject) == ("chat", "Bonjour, où est ma lampe ?")
    assert said(answer.json()) == [True]
    session = ChatSession.objects.get()
    assert (session.ticket, session.page_title) == (ticket, "Lampe Opale")
    assert ticket.promises.get().place == Promise.Place.WIDGET


def test_the_same_message_twice_is_said_once(visitor: Visitor) -> None:
    key = str(uuid.uuid4())
    first, second = visitor.say(key=key), visitor.say(key=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert (Ticket.objects.count(), Message.objects.count(), InboundMessage.objects.count()) == (1, 1, 1)
    assert first.json()["messages"][0]["key"] == key


def test_what_follows_stays_in_the_conversation(visitor: Visitor) -> None:
    visitor.say()
    visitor.say("Et sinon ?")
    assert Ticket.objects.get().messages.count() == 2


def test_an_answer_reaches_the_visitor_when_it_has_left(visitor: Visitor) -> None:
    visitor.say()
    message = actions.reply(Ticket.objects.get(), by=Actor.agent(make.user()), text="Elle part demain.")
    assert said(visitor.news()) == [True]
    outbox.deliver(message.outbound_id)
    news = visitor.news(shown="1")
    assert said(news) == [True, False]
    assert "Elle part demain." in news["messages"][1]["html"]
    assert OutboundMessage.objects.get().state == OutboundMessage.State.DELIVERED


def test_only_what_is_new_is_fetched(visitor: Visitor) -> None:
    first = visitor.say().json()["messages"][0]["id"]
    answered(Ticket.objects.get())
    assert said(visitor.news(after=first)) == [False]


def test_a_note_is_never_shown(visitor: Visitor) -> None:
    visitor.say()
    actions.note(Ticket.objects.get(), by=Actor.agent(make.user()), text="Client difficile")
    assert said(visitor.news()) == [True]


def test_a_reload_and_a_second_tab_find_the_conversation(visitor: Visitor) -> None:
    visitor.say()
    again = Visitor(visitor.token)
    assert said(again.hello().json()) == [True]


def test_the_cookie_finds_the_conversation_too(visitor: Visitor) -> None:
    cookie = SimpleCookie(visitor.hello().headers["Set-Cookie"])
    visitor.say()
    again = Visitor()
    again.client.cookies["comptoir_chat"] = cookie["comptoir_chat"].value
    assert said(again.hello().json()) == [True]


def test_who_has_gone_is_answered_by_mail(visitor: Visitor) -> None:
    make.channel()
    visitor.say(email="Jasmine@Example.org")
    ChatSession.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    outbound = answered(Ticket.objects.get()).outbound
    assert outbound is not None
    assert (outbound.channel.kind, outbound.to[0]["value"]) == ("email", "jasmine@example.org")


def test_copies_are_offered_only_where_the_answer_goes_by_mail(visitor: Visitor, client: Client) -> None:
    agent = make.user()
    client.force_login(agent)
    make.channel()
    visitor.say(email="jasmine@example.org")
    ticket, copies = Ticket.objects.get(), [Address("boss@example.org")]
    assert 'name="cc"' not in client.get(f"/tickets/{ticket.pk}/").content.decode()
    with pytest.raises(Refused) as refusal:
        actions.reply(ticket, by=Actor.agent(agent), text="Elle part demain.", cc=copies)
    assert (refusal.value.field, ticket.messages.count()) == ("cc", 1)
    ChatSession.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert 'name="cc"' in client.get(f"/tickets/{ticket.pk}/").content.decode()
    actions.reply(ticket, by=Actor.agent(agent), text="Elle part demain.", cc=copies)
    assert OutboundMessage.objects.get().cc == [{"value": "boss@example.org", "name": ""}]


def test_who_is_still_there_is_answered_in_the_chat(visitor: Visitor) -> None:
    make.channel()
    visitor.say(email="jasmine@example.org")
    outbound = answered(Ticket.objects.get()).outbound
    assert outbound is not None
    assert outbound.channel.kind == "chat"


def test_a_claimed_address_of_another_customer_opens_nothing_of_theirs(visitor: Visitor) -> None:
    theirs = make.ticket(make.customer("jasmine@example.org"))
    visitor.say(email="jasmine@example.org")
    mine = Ticket.objects.exclude(pk=theirs.pk).get()
    assert mine.customer != theirs.customer
    assert len(visitor.news()["messages"]) == 1


def test_leaving_without_an_answer_is_noted_once(visitor: Visitor) -> None:
    visitor.say()
    assert abandon_chats() == 0
    gone()
    assert (abandon_chats(), abandon_chats()) == (1, 0)
    assert Ticket.objects.get().events.filter(kind="abandoned").count() == 1


def gone() -> None:
    ChatSession.objects.update(seen_at=timezone.now() - timedelta(minutes=6))


@pytest.mark.parametrize(
    ("then", "abandoned"),
    [((), 0), (("Merci !",), 0), (("Et sinon ?",), 1), (("Et sinon ?", "Merci !"), 1)],
)
def test_after_an_answer_only_a_new_question_can_be_abandoned(
    visitor: Visitor, then: tuple[str, ...], abandoned: int
) -> None:
    visitor.say()
    answered(Ticket.objects.get())
    for words in then:
        visitor.say(words)
    gone()
    assert abandon_chats() == abandoned


def test_an_address_changes_nothing(visitor: Visitor) -> None:
    visitor.say(email="jasmine@example.org")
    gone()
    assert abandon_chats() == 1


def test_a_message_left_out_of_hours_is_not_abandoned(visitor: Visitor) -> None:
    make.calendar(weekly={})
    visitor.say(email="jasmine@example.org")
    gone()
    assert abandon_chats() == 0


def test_a_picture_is_shown_to_both(visitor: Visitor) -> None:
    answer = visitor.say("", image=SimpleUploadedFile("<svg onload=x>.png", PNG, "image/svg+xml"))
    html = answer.json()["messages"][0]["html"]
    file = Message.objects.get().attachments.get()
    assert (file.name, file.content_type) == ("image.png", "image/png")
    address = html.partition('img src="')[2].partition('"')[0]
    picture = visitor.client.get(address)
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert visitor.client.get(address[:-3] + "xx/").status_code == 404


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"%PDF-1.7", b""])
def test_what_is_no_raster_picture_is_refused(visitor: Visitor, data: bytes) -> None:
    answer = visitor.say("Voici", image=SimpleUploadedFile("a.png", data, "image/png"))
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["image"]
    assert not InboundMessage.objects.exists()


def test_a_transcript_goes_to_the_visitors_own_address(visitor: Visitor) -> None:
    make.channel()
    visitor.say(email="jasmine@example.org")
    assert visitor.post("transcript").status_code == 422  # nobody has answered
    answered(Ticket.objects.get())
    answer = visitor.post("transcript", email="someone-else@example.org")
    assert answer.status_code == 200
    mail = OutboundMessage.objects.get(channel__kind="email")
    assert mail.to[0]["value"] == "jasmine@example.org"
    assert "où est ma lampe" in mail.text and "Elle part demain." in mail.text


def test_typing_is_told_to_the_agents(visitor: Visitor, valkey: Any) -> None:
    visitor.say()
    assert visitor.post("typing", doing="typing").status_code == 204
    assert chat.is_typing(Ticket.objects.get())


def test_the_promise_stands_in_the_frame(visitor: Visitor) -> None:
    page = visitor.client.get("/chat/main/?lang=fr").content.decode()
    visitor.say()
    assert Promise.objects.get().text in page
