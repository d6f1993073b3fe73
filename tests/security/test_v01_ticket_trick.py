"""V1: a robot's mail (a sign-up code) sent to a ticket's reply address reaches no customer: nothing is passed on."""

import pytest

from channels_app.adapters.email import addresses
from channels_app.models import OutboundMessage
from tests.mailroom import Catcher, mail, receive, taken_in_as, work
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SENDERS = ["no-reply@slack.example", "noreply@accounts.example", "notifications@git.example", "security@bank.example"]
ROBOTS = [
    {"Auto-Submitted": "auto-generated"},
    {"List-Id": "<x.example>"},
    {"Precedence": "bulk"},
    {"Feedback-ID": "1:x"},
    {},
]


@pytest.mark.parametrize("headers", ROBOTS, ids=lambda headers: next(iter(headers), "none"))
@pytest.mark.parametrize("sender", SENDERS)
def test_a_code_sent_to_a_ticket_is_seen_by_agents_only(catcher: Catcher, sender: str, headers: dict[str, str]) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    work()
    before = len(catcher.caught)
    trick = mail(
        "Your code is 123456.",
        sender=sender,
        to=addresses.reply_address(ticket.channel, str(ticket.pk)),
        headers=headers,
    )
    message = taken_in_as(receive(trick))
    work()
    assert (message.ticket, message.from_address, message.verified) == (ticket, sender, False)
    assert Ticket.objects.get(pk=ticket.pk).customer == ticket.customer
    assert (len(catcher.caught), OutboundMessage.objects.count()) == (before, before)
