"""V3: no forged Message-ID or address makes a mail ours, an agent's, or part of a stranger's ticket."""

import pytest

from channels_app.adapters.email import addresses
from channels_app.models import OutboundMessage
from tests import factories
from tests.mailroom import Catcher, mail, receive, reply_to, taken_in_as, work
from tickets.models import Author, Message

pytestmark = pytest.mark.django_db
EVE = "eve@evil.example"


def forgeries(real: str, other: str) -> list[str]:
    payload, _at, domain = real.partition("@")
    head, _dot, mac = payload.rpartition(".")
    thread, _dot, serial = head.partition(".")
    return [
        f"{head}@{domain}",
        f"{head}.@{domain}",
        f"{head}.{'a' * 16}@{domain}",
        f"{head}.{mac[:-1]}@{domain}",
        f"{head}.{mac}a@{domain}",
        f"{head}.{mac[::-1]}@{domain}",
        f"{head}.{other.partition('@')[0].rpartition('.')[2]}@{domain}",
        f"t9999.{serial}.{mac}@{domain}",
        f"{thread}.o{'a' * 13}.{mac}@{domain}",
        f"{thread}.{mac}@{domain}",
        f"{thread}@{domain}",
        f"ticket-{thread[1:]}@{domain}",
        f"{head}.{mac}",
        f"x{real}",
        f"{head}..{mac}@{domain}",
        f"{head}.{mac}@",
    ]


def test_forged_ids_join_nothing(catcher: Catcher) -> None:
    receive(mail())
    work()
    (ack,) = catcher.caught
    real = str(ack.message["Message-ID"]).strip("<>")
    other = addresses.message_id(OutboundMessage(channel=factories.channel(), thread="1"))
    ticket = Message.objects.get(external_id=real).ticket
    assert addresses.read_message_id(real) == str(ticket.pk)
    for forged in forgeries(real, other):
        assert addresses.read_message_id(forged) is None, forged
        raw = mail("Forged.", sender=EVE, subject=str(ack.message["Subject"]), headers={"In-Reply-To": f"<{forged}>"})
        assert taken_in_as(receive(raw)).ticket != ticket, forged


def test_even_a_true_id_makes_nobody_an_agent(catcher: Catcher) -> None:
    colleague = factories.user("ines@maison-lune.example")
    receive(mail())
    work()
    message = taken_in_as(receive(reply_to(catcher.caught[0], "Refund granted.", sender=colleague.email)))
    assert (message.author, message.user, message.verified) == (Author.CUSTOMER, None, False)
    before = len(catcher.caught)
    work()
    assert len(catcher.caught) == before


def test_our_own_id_from_outside_is_not_taken_for_ours(catcher: Catcher) -> None:
    """Eve reuses the id of our mail as her own in another shop's mailbox: it is taken in as hers."""
    other = factories.channel("other", of=factories.shop("other"), address="hello@other.example")
    receive(mail())
    work()
    real = str(catcher.caught[0].message["Message-ID"]).strip("<>")
    assert taken_in_as(receive(mail("Forged.", sender=EVE, message_id=real), other)).author == Author.CUSTOMER
