"""Robots that meet fall silent (RFC 3834)."""

import pytest

from channels_app.models import OutboundMessage
from tests import factories
from tests.mailroom import JASMINE, SUPPORT, Catcher, answer, mail, receive, reply_to, taken_in_as, work
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import Message, Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db

ROBOTS = {
    "out of office": {"Auto-Submitted": "auto-replied"},
    "machine": {"Auto-Submitted": "auto-generated"},
    "list": {"List-Id": "<news.example.org>"},
    "bulk": {"Precedence": "bulk"},
    "vacation": {"X-Autoreply": "yes"},
    "quiet please": {"X-Auto-Response-Suppress": "All"},
    "null path": {"Return-Path": "<>"},
}


@pytest.mark.parametrize("headers", ROBOTS.values(), ids=ROBOTS)
def test_no_robot_is_acknowledged(catcher: Catcher, headers: dict[str, str]) -> None:
    stored = receive(mail(headers=headers))
    work()
    assert (stored.state, catcher.caught) == ("processed", [])


def test_a_person_is_acknowledged_once(catcher: Catcher) -> None:
    receive(mail())
    work()
    work()
    (ack,) = catcher.to(JASMINE)
    receive(reply_to(ack))
    work()
    assert len(catcher.caught) == 1


def test_an_out_of_office_reply_joins_and_reopens_nothing(catcher: Catcher) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    answer(ticket, "Il arrive demain.", then=State.SOLVED)
    work()
    note = reply_to(catcher.caught[-1], subject="Réponse automatique : absence")
    away = taken_in_as(receive(note.replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version")))
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (away.ticket, away.automatic, ticket.state) == (ticket, True, "solved")


def test_our_own_automatic_mail_that_comes_back_is_dropped(catcher: Catcher) -> None:
    receive(mail())
    work()
    messages = Message.objects.count()
    (ack,) = catcher.caught
    stored = receive(ack.raw)
    assert (stored.state, stored.error) == ("ignored", "An automatic mail of ours came back.")
    assert Message.objects.count() == messages


def test_our_own_answer_that_comes_back_is_dropped(catcher: Catcher) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    answer(ticket, "Il arrive demain.")
    work()
    messages = Message.objects.count()
    assert receive(catcher.caught[-1].raw).state == "ignored"
    assert Message.objects.count() == messages


def test_a_forged_mark_is_not_ours(catcher: Catcher) -> None:
    stored = receive(mail(headers={"X-Comptoir-Instance": "t1042." + "a" * 26}))
    assert stored.state == "processed"


def test_two_shops_of_one_house_writing_to_each_other(catcher: Catcher) -> None:
    other = factories.channel(
        "other", of=factories.shop("other", name="Maison Soleil"), address="hello@maison-soleil.example"
    )
    receive(mail(sender=f"Soleil <{other.address}>"))
    for _round in range(4):
        work()
        for caught in list(catcher.caught):
            channel = other if other.address in caught.recipients else factories.channel()
            receive(caught.raw, channel, mail_from=caught.sender, rcpt_to=caught.recipients)
    assert len(catcher.caught) == 0


def test_two_responders_facing_each_other(catcher: Catcher) -> None:
    """A foreign robot that marks nothing and answers each mail of ours: at most one acknowledgement for a ticket."""
    receive(mail())
    for _round in range(6):
        work()
        last = catcher.caught[-1]
        receive(reply_to(last, "We have received your message.", sender=JASMINE))
    assert len(catcher.caught) == 1


def test_a_robot_that_opens_a_ticket_each_time_hears_from_us_five_times(catcher: Catcher) -> None:
    for number in range(9):
        receive(mail(f"We have received your message {number}."))
        work()
    assert len(catcher.to(JASMINE)) == 5


def test_a_reopened_ticket_is_not_acknowledged_again(catcher: Catcher) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    work()
    actions.change_state(Ticket.objects.get(pk=ticket.pk), State.SOLVED, by=SYSTEM)
    receive(reply_to(catcher.caught[0], "Toujours rien."))
    work()
    assert Ticket.objects.get(pk=ticket.pk).state == "open"
    assert OutboundMessage.objects.filter(automatic=True).count() == 1


def test_mail_from_our_own_address_gets_no_automatic_answer(catcher: Catcher) -> None:
    message = taken_in_as(receive(mail(sender=SUPPORT)))
    work()
    assert (catcher.caught, message.ticket.waiting_since is None) == ([], False)
