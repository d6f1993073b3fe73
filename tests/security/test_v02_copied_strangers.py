"""V2: who is copied, or writes to a ticket's address, gets none of its history; the address cannot be guessed."""

import base64

import pytest

from channels_app.adapters.email import addresses
from tests.mailroom import JASMINE, SUPPORT, Catcher, answer, mail, receive, reply_to, taken_in_as, work

pytestmark = pytest.mark.django_db


def test_a_spoofed_reply_that_copies_a_stranger_gives_them_nothing(catcher: Catcher) -> None:
    ticket = taken_in_as(receive(mail("Mon code de porte est 4711."))).ticket
    work()
    spoofed = reply_to(catcher.caught[0], sender=f"Jasmine Roy <{JASMINE}>")
    joined = taken_in_as(receive(spoofed.replace(b"To: ", b"Cc: eve@evil.example\r\nTo: ", 1)))
    answer(ticket, "Bonjour.")
    work()
    assert joined.verified is False
    assert catcher.to("eve@evil.example") == []
    assert {recipient for caught in catcher.caught for recipient in caught.recipients} == {JASMINE}


def test_a_stranger_who_writes_to_the_ticket_is_not_its_customer(catcher: Catcher) -> None:
    ticket = taken_in_as(receive(mail())).ticket
    address = addresses.reply_address(ticket.channel, str(ticket.pk))
    receive(mail("Et moi ?", sender="eve@evil.example", to=address))
    answer(ticket, "Bonjour Jasmine.")
    work()
    assert catcher.to("eve@evil.example") == []


def test_the_token_has_128_bits_and_belongs_to_one_thread_and_purpose() -> None:
    from tests import factories

    channel = factories.channel()
    macs = [addresses.reply_address(channel, str(n)).partition("@")[0].rpartition(".")[2] for n in range(1000, 1200)]
    assert len(set(macs)) == 200
    assert {len(base64.b32decode(mac.upper() + "======")) for mac in macs} == {16}
    marks = {addresses.instance_mark(str(n)).rpartition(".")[2] for n in range(1000, 1200)}
    assert not marks & set(macs)


def test_the_token_survives_what_mail_systems_do_to_case() -> None:
    from tests import factories

    address = addresses.reply_address(factories.channel(), "1042")
    assert addresses.read_tag(address.upper()) == addresses.read_tag(address) == addresses.Tag("1042", None)
    assert addresses.read_tag(SUPPORT) is None
