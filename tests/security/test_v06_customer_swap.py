"""V6: a reply from a new address never makes its sender the ticket's customer."""

import pytest

from tests.mailroom import JASMINE, Catcher, answer, mail, receive, reply_to, taken_in_as, work
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "sender", ["eve@evil.example", f"{JASMINE} <eve@evil.example>", "Jasmine Roy <jasmine@examp1e.org>"]
)
def test_the_customer_stays(catcher: Catcher, sender: str) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    work()
    message = taken_in_as(receive(reply_to(catcher.caught[0], "Send it to my new address.", sender=sender)))
    answer(ticket, "Bonjour.")
    work()
    assert message.ticket == ticket
    assert (message.customer == ticket.customer, message.verified) == (False, False)
    assert Ticket.objects.get(pk=ticket.pk).customer == ticket.customer
    assert catcher.caught[-1].recipients == [JASMINE]


def test_reply_to_swaps_no_identity(catcher: Catcher) -> None:
    raw = mail(sender="eve@evil.example", headers={"Reply-To": JASMINE})
    message = taken_in_as(receive(raw))
    assert message.customer.email == "eve@evil.example"
