"""The ladder of docs: a token is certain, an id needs a participant or the same subject, a tag needs a participant."""

import pytest

from channels_app.adapters.email import addresses
from channels_app.models import OutboundMessage
from tests.mailroom import JASMINE, answer, mail, receive, reply_to, taken_in_as, work
from tickets import actions
from tickets.actors import SYSTEM
from tickets.models import Ticket
from tickets.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(catcher):
    """A ticket that Jasmine opened and we answered; the answer as she got it."""
    ticket = taken_in_as(receive(mail(message_id="first@example.org"))).ticket
    answer(ticket, "Il arrive demain.")
    work()
    return ticket, next(caught for caught in catcher.to(JASMINE) if "Il arrive demain." in caught.text)


def test_a_reply_joins(answered) -> None:
    ticket, got = answered
    message = taken_in_as(receive(reply_to(got)))
    assert (message.ticket, message.joined_by) == (ticket, "token")


def test_the_token_alone_joins_when_a_provider_rewrote_every_id(answered) -> None:
    ticket, got = answered
    message = taken_in_as(
        receive(reply_to(got, headers={"In-Reply-To": "<0100@eu-west-3.amazonses.com>"}, subject="Merci"))
    )
    assert (message.ticket, message.joined_by) == (ticket, "token")


def test_ids_alone_join_a_participant_whatever_the_subject(answered) -> None:
    ticket, got = answered
    message = taken_in_as(receive(reply_to(got, to="support@maison-lune.example", subject="Autre chose")))
    assert (message.ticket, message.joined_by) == (ticket, "reference")


def test_a_stranger_with_the_same_subject_joins_by_id_as_themself(answered) -> None:
    ticket, got = answered
    raw = reply_to(got, to="support@maison-lune.example", sender="Bo <bo@example.net>")
    message = taken_in_as(receive(raw))
    assert (message.ticket, message.from_address, message.verified) == (ticket, "bo@example.net", False)
    assert Ticket.objects.get(pk=ticket.pk).customer == ticket.customer


def test_a_stranger_with_a_changed_subject_does_not_join(answered) -> None:
    ticket, got = answered
    raw = reply_to(got, to="support@maison-lune.example", sender="Bo <bo@example.net>", subject="Facture 2026")
    assert taken_in_as(receive(raw)).ticket != ticket


def test_a_strangers_subject_tag_does_not_join(answered) -> None:
    ticket, _got = answered
    stranger = taken_in_as(receive(mail(sender="bo@example.net", subject=f"Re: [#{ticket.number}] Colis")))
    assert stranger.ticket != ticket


def test_a_participants_subject_tag_joins(answered) -> None:
    ticket, _got = answered
    message = taken_in_as(receive(mail(subject=f"Re: [#{ticket.number}] Colis")))
    assert (message.ticket, message.joined_by) == (ticket, "tag")


def test_two_replies_to_a_mail_we_never_saw_land_together() -> None:
    headers = {"In-Reply-To": "<lost@colleague.example>", "References": "<lost@colleague.example>"}
    one = taken_in_as(receive(mail("Un.", subject="Re: Devis", headers=headers)))
    two = taken_in_as(receive(mail("Deux.", subject="Re: Devis", headers=headers)))
    assert two.ticket == one.ticket


def test_a_new_mail_opens_a_new_ticket(answered) -> None:
    ticket, _got = answered
    assert taken_in_as(receive(mail())).ticket != ticket


def test_the_same_id_with_another_body_is_another_message() -> None:
    one = taken_in_as(receive(mail("Un.", message_id="dhl@example.org")))
    two = taken_in_as(receive(mail("Deux.", message_id="dhl@example.org")))
    assert one.pk != two.pk


def test_our_answer_follows_the_newest_subject(answered, catcher) -> None:
    ticket, got = answered
    receive(reply_to(got, subject="Re: Où est mon colis ? [DHL-77]"))
    answer(ticket, "Voilà.")
    work()
    last = catcher.to(JASMINE)[-1].message
    assert last["Subject"] == "Re: Où est mon colis ? [DHL-77]"
    assert str(last["References"]).split()[0] == "<first@example.org>"
    assert last["In-Reply-To"] == str(last["References"]).split()[-1]


def test_a_reply_after_closing_opens_a_linked_ticket(answered) -> None:
    ticket, got = answered
    actions.change_state(Ticket.objects.get(pk=ticket.pk), State.CLOSED, by=SYSTEM)
    follow_up = taken_in_as(receive(reply_to(got))).ticket
    assert (follow_up.follows, follow_up.pk == ticket.pk) == (ticket, False)


@pytest.mark.parametrize("change", ["flip", "cut", "other", "none", "legacy"])
def test_a_forged_token_is_nothing(answered, change: str) -> None:
    ticket, _got = answered
    address = addresses.reply_address(ticket.channel, str(ticket.number))
    local, _at, domain = address.partition("@")
    tag, _dot, mac = local.rpartition(".")
    forged = {
        "flip": f"{tag}.{'a' if mac[0] != 'a' else 'b'}{mac[1:]}@{domain}",
        "cut": f"{tag}.{mac[:-1]}@{domain}",
        "other": f"support+t{ticket.number + 1}.{mac}@{domain}",
        "none": f"{tag}@{domain}",
        "legacy": f"support+{ticket.number}@{domain}",
    }[change]
    assert addresses.read_tag(address) == addresses.Tag(str(ticket.number), None)
    assert addresses.read_tag(forged) is None
    assert taken_in_as(receive(mail(to=forged, sender="bo@example.net"))).ticket != ticket


def test_an_answer_to_the_id_that_a_provider_gave_us_joins(answered) -> None:
    ticket, got = answered
    sent = OutboundMessage.objects.get(external_id=str(got.message["Message-ID"]).strip("<>"))
    sent.provider_id = "0102-abc@eu-west-3.amazonses.com"
    actions.record_delivery(sent)
    raw = mail("Merci.", subject="Autre", headers={"In-Reply-To": "<0102-abc@eu-west-3.amazonses.com>"})
    message = taken_in_as(receive(raw))
    assert (message.ticket, message.joined_by) == (ticket, "reference")
