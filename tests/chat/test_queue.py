"""The agent's side: who waits, several chats at once, full hands, handing over."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from channels_app.models import Channel
from tests import factories as make
from tests.chat.visitor import Visitor
from tickets import actions
from tickets.actors import Actor
from tickets.models import ChatSession, Ticket
from tickets.views.chat.talks import talks_beside


@pytest.fixture
def karim(chat: Channel) -> User:
    return make.user("karim@example.com", role="manager", first_name="Karim")


@pytest.fixture
def desk(karim: User) -> Client:
    client = Client()
    client.force_login(karim)
    return client


def visitors(n: int) -> list[Ticket]:
    before = list(Ticket.objects.values_list("pk", flat=True))
    for number in range(n):
        cache.clear()  # of floods: they come from one address
        Visitor().say(f"Bonjour {number}", name=f"Jasmine {number}")
    return list(Ticket.objects.exclude(pk__in=before).order_by("pk"))


def queue(desk: Client) -> tuple[list[str], list[str]]:
    page = desk.get("/chats/").context
    return [one.name for one in page["waiting"]], [one.name for one in page["mine"]]


def test_who_waits_longest_stands_first_until_somebody_takes_them(desk: Client, karim: User) -> None:
    first, _second = visitors(2)
    assert queue(desk) == (["Jasmine 0", "Jasmine 1"], [])
    desk.post(f"/tickets/{first.pk}/take/")
    assert queue(desk) == (["Jasmine 1"], ["Jasmine 0"])


def test_full_hands_are_offered_nothing(desk: Client, karim: User) -> None:
    channel = Channel.objects.get(kind="chat")
    channel.configure(channel.config | {"at_once": 1})
    channel.save()
    make.ticket(assignee=karim)  # an e-mail fills nobody's hands for a chat
    first, _second = visitors(2)
    assert "disabled" not in desk.get("/chats/").content.decode()
    desk.post(f"/tickets/{first.pk}/take/")
    assert " disabled title=" in desk.get("/chats/").content.decode()


def test_a_visitors_number_is_no_name(desk: Client, karim: User) -> None:
    visitor = Visitor()
    visitor.say()
    number = ChatSession.objects.get().visitor
    pages = [desk.get(address).content.decode() for address in ("/", f"/tickets/{Ticket.objects.get().pk}/")]
    assert [number in page for page in pages] == [False, False]
    assert all("Unknown customer" in page for page in pages)


def test_a_chat_is_handed_over(desk: Client, karim: User) -> None:
    (ticket,) = visitors(1)
    actions.assign(ticket, to=karim, by=Actor.agent(karim))
    other = make.user("sophie@example.com", role="manager")
    actions.assign(ticket, to=other, by=Actor.agent(karim))
    assert queue(desk) == ([], [])
    theirs = Client()
    theirs.force_login(other)
    assert queue(theirs) == ([], ["Jasmine 0"])


def test_hands_are_free_again_when_an_answered_visitor_has_gone(desk: Client, karim: User) -> None:
    (ticket,) = visitors(1)
    actions.assign(ticket, to=karim, by=Actor.agent(karim))
    assert desk.get("/chats/").context["busy"] == 1
    actions.reply(ticket, by=Actor.agent(karim), text="Elle part demain.")
    ChatSession.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert desk.get("/chats/").context["busy"] == 0


@pytest.mark.usefixtures("valkey")
def test_what_is_being_typed_is_seen_only_where_the_shop_peeks(desk: Client, karim: User) -> None:
    visitor = Visitor()
    visitor.say()
    address = f"/tickets/{Ticket.objects.get().pk}/here/"
    visitor.post("typing", doing="typing", words="Elle est cassée")
    assert "Elle est cassée" not in desk.post(address, {"doing": "looking"}).content.decode()
    channel = Channel.objects.get(kind="chat")
    channel.configure(channel.config | {"sneak_peek": True})
    channel.save()
    assert "sees what you type" in visitor.client.get("/chat/main/?lang=en").content.decode()
    visitor.post("typing", doing="typing", words="Elle est <cassée>")
    assert "Elle est &lt;cassée&gt;" in desk.post(address, {"doing": "looking"}).content.decode()
    visitor.post("typing", doing="looking")
    assert "cassée" not in desk.post(address, {"doing": "looking"}).content.decode()


def test_tabs_and_keys_lead_from_chat_to_chat(desk: Client, karim: User) -> None:
    tickets = visitors(4)
    for ticket in tickets[:3]:
        actions.assign(ticket, to=karim, by=Actor.agent(karim))
    beside = talks_beside(karim, tickets[0])
    named = [(one.name, key) for one, key in beside["talks"]]
    assert named == [("Jasmine 0", ""), ("Jasmine 1", "l"), ("Jasmine 2", "h")]
    assert beside["chats_waiting"] == 1
    page = desk.get(f"/tickets/{tickets[0].pk}/").content.decode()
    assert f'href="/tickets/{tickets[1].pk}/" data-key="l"' in page
    assert desk.get(f"/tickets/{tickets[1].pk}/chats/").status_code == 200


def test_other_channels_show_no_chats(karim: User) -> None:
    assert talks_beside(karim, make.ticket()) == {"talks": [], "chats_waiting": 0}


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_queue_takes_the_same_queries(desk: Client, django_assert_num_queries, n: int) -> None:
    visitors(n)
    desk.get("/chats/")
    with django_assert_num_queries(7):
        desk.get("/chats/")
