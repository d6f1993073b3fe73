from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from channels_app.adapters.email import addresses
from channels_app.adapters.email.adapter import EmailAdapter
from channels_app.adapters.email.language import guess
from channels_app.adapters.email.receive import TooLarge, channel_for, channels_for, store_mail
from channels_app.base import Address, HintKind, Inbound, Nature, ThreadHint
from channels_app.models import InboundMessage, OutboundMessage
from tests import factories
from tests.mailroom import JASMINE, SUPPORT, mail, receive

pytestmark = pytest.mark.django_db


def parsed(raw: bytes, **envelope: object) -> Inbound:
    stored, _new = store_mail(factories.channel(), raw, source="smtp", envelope=envelope)
    return EmailAdapter().parse(stored)


def test_a_plain_mail() -> None:
    inbound = parsed(mail(sender="Jasmine Roy <Jasmine@Example.org>", message_id="a1@example.org"))
    assert inbound.sender == Address("jasmine@example.org", "Jasmine Roy")
    assert inbound.subject == "Où est mon colis ?"
    assert inbound.text.strip() == "Bonjour, je n'ai pas reçu mon colis. Merci."
    assert inbound.external_id == "a1@example.org"
    assert inbound.seen_ids == ("a1@example.org",)
    assert (inbound.nature, inbound.answerable, inbound.looped) == (Nature.HUMAN, True, False)
    assert (inbound.language, inbound.hints, inbound.participants) == ("fr", (), ())


def test_hints_come_strongest_first() -> None:
    channel = factories.channel()
    own = addresses.message_id(OutboundMessage(channel=channel, thread="7"))
    headers = {"In-Reply-To": "<b@x.example>", "References": f"<a@x.example> <{own}> <b@x.example>"}
    raw = mail(to=addresses.reply_address(channel, "1042"), subject="Re: [#12] Colis", headers=headers)
    assert parsed(raw).hints == (
        ThreadHint(HintKind.TOKEN, "1042"),
        ThreadHint(HintKind.OWN_ID, "7"),
        ThreadHint(HintKind.ID, "b@x.example"),
        ThreadHint(HintKind.ID, own),
        ThreadHint(HintKind.ID, "a@x.example"),
        ThreadHint(HintKind.TAG, "12"),
    )


def test_the_envelope_alone_may_carry_the_token() -> None:
    channel = factories.channel()
    inbound = parsed(mail(), mail_from=JASMINE, rcpt_to=[addresses.reply_address(channel, "1042").upper()])
    assert inbound.hints == (ThreadHint(HintKind.TOKEN, "1042"),)


def test_participants_are_the_others() -> None:
    raw = mail(
        to=f"{SUPPORT}, Bo <bo@example.org>",
        headers={"Cc": f"support+x@maison-lune.example, ann@example.org, {JASMINE}"},
    )
    assert parsed(raw).participants == (Address("bo@example.org", "Bo"), Address("ann@example.org"))


def test_reply_to_elsewhere() -> None:
    inbound = parsed(mail(headers={"Reply-To": "Jasmine <home@example.net>"}))
    assert inbound.sender.value == JASMINE
    assert inbound.reply_to == Address("home@example.net", "Jasmine")


@pytest.mark.parametrize(
    "form", [SUPPORT, "wordpress@shop.example", "no-reply@forms.example", "ne-pas-repondre@x.example"]
)
def test_a_contact_form_writes_for_its_customer(form: str) -> None:
    inbound = parsed(mail(sender=f"Contact <{form}>", headers={"Reply-To": "Jasmine <home@example.net>"}))
    assert inbound.sender == Address("home@example.net", "Jasmine")
    assert (inbound.reply_to, inbound.sender_verified) == (None, False)


def test_mail_from_ourselves_is_answered_by_no_robot() -> None:
    assert parsed(mail(sender=SUPPORT)).nature == Nature.OWN


def test_a_mail_without_sender_is_kept_and_answered_by_no_robot() -> None:
    raw = b"Subject: Bonjour\r\nMessage-ID: <x@y.example>\r\n\r\nQui suis-je ?\r\n"
    inbound = parsed(raw)
    local, _at, domain = inbound.sender.value.partition("@")
    assert (domain, inbound.answerable, inbound.nature) == ("no-address.invalid", False, Nature.HUMAN)
    assert parsed(raw).sender == inbound.sender
    assert parsed(raw.replace(b"<x@", b"<z@")).sender != inbound.sender
    assert len(local) == len("unknown-") + 20


def test_dmarc_of_our_own_host_verifies() -> None:
    channel = factories.channel(config={"address": SUPPORT, "authserv_id": "mx.maison-lune.example"})
    result = "mx.maison-lune.example; dmarc=pass header.from=example.org"
    stored, _new = store_mail(channel, mail(headers={"Authentication-Results": result}), source="smtp")
    assert EmailAdapter().parse(stored).sender_verified is True
    forged = mail(headers={"Authentication-Results": result.replace("mx.", "evil.")})
    stored, _new = store_mail(channel, forged, source="smtp")
    assert EmailAdapter().parse(stored).sender_verified is False


def test_a_null_envelope_sender_counts_as_return_path() -> None:
    assert parsed(mail(subject="Undelivered Mail Returned to Sender"), mail_from="").nature == Nature.BOUNCE


def test_the_same_mail_is_one_row_per_channel() -> None:
    one, other, raw = factories.channel(), factories.channel("sav"), mail()
    first, is_new = store_mail(one, raw, source="smtp")
    again, is_new_again = store_mail(one, raw.replace(b"\r\n", b"\n"), source="imap")
    assert (is_new, is_new_again, again.pk) == (True, False, first.pk)
    assert store_mail(other, raw, source="smtp")[1] is True


def test_a_mail_too_large_is_refused(settings) -> None:
    settings.MAIL_MAX_BYTES = 2000
    with pytest.raises(TooLarge, match="at most 2000"):
        store_mail(factories.channel(), b"x" * 2001, source="smtp")
    assert InboundMessage.objects.count() == 0


def test_an_envelope_that_json_cannot_hold_is_stored() -> None:
    stored, _new = store_mail(
        factories.channel(), mail(), source="smtp", envelope={"mail_from": "a\0\udc80@x", "rcpt_to": []}
    )
    stored.refresh_from_db()
    assert stored.envelope == {"mail_from": "a?@x", "rcpt_to": []}


def test_the_channel_of_an_address() -> None:
    support, sav = factories.channel(), factories.channel("sav", address="SAV@Maison-Lune.example", enabled=False)
    factories.channel("tel", kind="sms", address="tel@maison-lune.example")
    assert channel_for(["nobody@maison-lune.example", "sav+t1.x@maison-lune.EXAMPLE"]) == sav
    assert channel_for(["tel@maison-lune.example", "support@elsewhere.example"]) is None
    assert channels_for([SUPPORT, "x@y", SUPPORT.upper()]) == {support: [SUPPORT, SUPPORT.upper()]}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour, où est ma commande ?", "fr"),
        ("Hello, where is my order?", "en"),
        ("Guten Tag, wo ist mein Paket?", ""),
        ("", ""),
        ("OK", ""),
    ],
)
def test_language(text: str, language: str) -> None:
    assert guess(text) == language


def test_poison_is_parked_and_seen() -> None:
    stored = receive(b"\0\xff" * 5000)
    assert stored.state in {"processed", "failed"}


@pytest.mark.parametrize(
    ("hours", "believed"), [(1, True), (7 * 24, True), (9 * 24, False), (-1, False), (300_000, False)]
)
def test_the_senders_date_is_believed_when_it_can_be_true(hours: int, believed: bool) -> None:
    date = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours)
    raw = mail().replace(b"Date: ", b"X-Date: ", 1)
    inbound = parsed(f"Date: {format_datetime(date)}\r\n".encode() + raw)
    assert inbound.sent_at == (date if believed else None)
