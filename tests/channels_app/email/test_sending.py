import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from channels_app import outbox
from channels_app.adapters.email import addresses
from channels_app.adapters.email.outgoing import build
from channels_app.base import Address, SendError, Trouble
from channels_app.models import Channel, OutboundMessage
from tests import factories
from tests.mailroom import JASMINE, Catcher, free_port
from tests.mailroom import catcher as catcher_of

pytestmark = pytest.mark.django_db


def queued(**fields: object) -> OutboundMessage:
    fields = {
        "thread": "1042",
        "sender_name": "Inès Benali",
        "to": [Address(JASMINE, "Jasmine Roy")],
        "subject": "Re: Où est mon colis ?",
        "text": "Bonjour,\n.\nil arrive demain.\n",
        "html": "<p>Bonjour, il arrive <b>demain</b>.</p>",
        "references": ["a@x.example", "b@x.example"],
    } | fields
    return outbox.queue(factories.channel(), **fields)  # type: ignore[arg-type]


def delivered(message: OutboundMessage) -> OutboundMessage:
    outbox.deliver(message.pk)
    return OutboundMessage.objects.get(pk=message.pk)


def due(message: OutboundMessage) -> None:
    OutboundMessage.objects.filter(pk=message.pk).update(not_before=timezone.now())


def test_an_answer_as_its_reader_gets_it(catcher: Catcher) -> None:
    message = delivered(queued(cc=[Address("ann@example.org")], bcc=[Address("log@example.org")]))
    (got,) = catcher.caught
    mail = got.message
    assert (message.state, message.attempts) == ("sent", 1)
    assert got.recipients == [JASMINE, "ann@example.org", "log@example.org"]
    assert addresses.read_tag(got.sender) == addresses.Tag("1042", message.pk)
    assert mail["From"] == "Inès Benali <support@maison-lune.example>"
    assert mail["To"] == f"Jasmine Roy <{JASMINE}>"
    assert mail["Cc"] == "ann@example.org"
    assert mail["Subject"] == "Re: Où est mon colis ?"
    assert mail["Message-ID"] == f"<{message.external_id}>"
    assert addresses.read_message_id(str(mail["Message-ID"])) == "1042"
    assert (mail["In-Reply-To"], mail["References"]) == ("<b@x.example>", "<a@x.example> <b@x.example>")
    back = mail["Reply-To"].addresses[0]
    assert (back.display_name, addresses.read_tag(back.addr_spec)) == ("Maison Lune", addresses.Tag("1042", None))
    assert [mail[name] for name in ("Bcc", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Comptoir-Instance")] == [
        None
    ] * 4
    assert got.text == "Bonjour,\r\n.\r\nil arrive demain.\r\n"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Bonjour, il arrive <b>demain</b>.</p>"
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects
    assert max(len(line) for line in got.raw.split(b"\r\n")) <= 78


def test_an_automatic_mail_says_so(catcher: Catcher) -> None:
    delivered(queued(automatic=True))
    (got,) = catcher.caught
    assert got.sender == ""
    assert got.message["Auto-Submitted"] == "auto-replied"
    assert got.message["X-Auto-Response-Suppress"] == "All"
    assert addresses.is_our_mark(str(got.message["X-Comptoir-Instance"]))


def test_files_travel_inline_and_attached(catcher: Catcher) -> None:
    png, pdf = b"\x89PNG" + bytes(range(256)), b"%PDF" + b"\r\n.\r\n" * 100
    files = [
        {"name": "logo.png", "content_type": "image/png", "content_id": "logo", "inline": True},
        {"name": "Reçu d’été.pdf", "content_type": "application/pdf", "content_id": "", "inline": False},
    ]
    for file, data in zip(files, (png, pdf), strict=True):
        file["path"] = default_storage.save(f"tests/{file['name']}", ContentFile(data))
    delivered(queued(files=files, html='<img src="cid:logo">'))
    mail = catcher.caught[0].message
    shape = [part.get_content_type() for part in mail.walk()]
    assert shape == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    picture, document = [part for part in mail.walk() if part.get_filename()]
    assert (picture["Content-ID"], picture.get_content()) == ("<logo>", png)
    assert (document.get_filename(), document.get_content()) == ("Reçu d’été.pdf", pdf)


def test_without_a_mail_server_it_is_kept() -> None:
    message = delivered(queued())
    assert (message.state, message.sent_at, message.error) == ("kept", None, "")


def test_what_was_kept_leaves_when_a_way_out_is_set(settings) -> None:
    message = delivered(queued())
    with catcher_of(settings) as server:
        assert outbox.resend(message)
        assert delivered(message).state == "sent"
    assert str(server.caught[0].message["Message-ID"]) == f"<{message.external_id}>"


def test_the_channels_own_server_comes_first(catcher: Catcher, settings) -> None:
    settings.EMAIL_URL = ""
    channel = factories.channel()
    channel.configure(
        {"address": channel.address, "smtp": {"host": "127.0.0.1", "port": catcher.port, "security": "none"}}
    )
    channel.save()
    assert delivered(queued()).state == "sent"


@pytest.mark.parametrize(
    ("where", "answer", "state", "trouble"),
    [
        ("on_rcpt", "450 4.2.0 Greylisted", "queued", "transient"),
        ("on_rcpt", "421 4.3.2 Closing", "queued", "transient"),
        ("on_rcpt", "550 5.1.1 No such user", "failed", "permanent_recipient"),
        ("on_rcpt", "554 5.7.1 Relay access denied", "queued", "channel_auth_broken"),
        ("on_mail", "530 5.7.0 Authentication required", "queued", "channel_auth_broken"),
        ("on_mail", "451 4.3.0 Later", "queued", "transient"),
        ("on_data", "552 5.3.4 Too big", "failed", "permanent_message"),
        ("on_data", "554 5.7.1 Spam", "failed", "permanent_message"),
        ("on_data", "452 4.3.1 Disk full", "queued", "transient"),
    ],
)
def test_refusals(catcher: Catcher, where: str, answer: str, state: str, trouble: str) -> None:
    setattr(catcher, where, lambda _what: answer)
    message = delivered(queued())
    assert (message.state, message.trouble) == (state, trouble)
    assert answer.partition(" ")[2] in message.error
    assert catcher.caught == []
    assert bool(Channel.objects.get(pk=message.channel_id).trouble) == (trouble == "channel_auth_broken")


def test_a_later_attempt_carries_the_same_id(catcher: Catcher) -> None:
    catcher.on_rcpt = lambda address: "451 4.7.1 Try again"
    message = delivered(queued())
    catcher.on_rcpt = lambda address: "250 OK"
    due(message)
    again = delivered(message)
    assert (again.state, again.attempts) == ("sent", 2)
    assert [caught.message["Message-ID"] for caught in catcher.caught] == [f"<{message.external_id}>"]


def test_one_refused_recipient_does_not_stop_the_others(catcher: Catcher) -> None:
    catcher.on_rcpt = lambda address: "250 OK" if address == JASMINE else "550 5.1.1 Unknown"
    message = delivered(queued(cc=[Address("gone@example.org")]))
    assert (message.state, message.error) == ("sent", "gone@example.org: 550 5.1.1 Unknown")
    assert catcher.caught[0].recipients == [JASMINE]


def test_a_recipient_refused_for_now_holds_the_mail_so_that_nobody_gets_it_twice(catcher: Catcher) -> None:
    catcher.on_rcpt = lambda address: "250 OK" if address == JASMINE else "450 4.2.0 Greylisted"
    message = delivered(queued(cc=[Address("slow@example.org")]))
    assert (message.state, catcher.caught) == ("queued", [])


def test_a_lost_answer_after_the_final_dot_is_unknown_and_resent_once_under_the_same_id(catcher: Catcher) -> None:
    def taken_and_gone(server) -> str:
        server.transport.abort()
        return "250 never heard"

    catcher.on_data = taken_and_gone
    message = delivered(queued())
    assert (message.state, message.trouble) == ("unknown", "unknown")
    assert message.not_before > timezone.now() + timedelta(seconds=60)
    outbox.deliver(message.pk)
    assert len(catcher.caught) == 1
    catcher.on_data = lambda server: "250 OK"
    due(message)
    assert delivered(message).state == "sent"
    assert {caught.message["Message-ID"] for caught in catcher.caught} == {f"<{message.external_id}>"}


def test_no_server_there_is_transient(settings) -> None:
    settings.EMAIL_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://x", "127.0.0.1", free_port()
    settings.EMAIL_USE_SSL = settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    message = delivered(queued())
    assert (message.state, message.trouble) == ("queued", "transient")
    assert "cannot be reached" in message.error


def test_addresses_outside_ascii(catcher: Catcher) -> None:
    assert delivered(queued(to=[Address("jérôme@exämple.example", "Jérôme")])).state == "sent"
    got = catcher.caught[0]
    assert got.recipients == ["jérôme@xn--exmple-cua.example"]
    assert "To: =?utf-8?b?SsOpcsO0bWU=?=\r\n <jérôme@xn--exmple-cua.example>\r\n".encode() in got.raw


@pytest.mark.parametrize(
    "value", ["", "nobody", "a b@c.example", "-oQ/tmp@x.example", "unknown-1@no-address.invalid", "a@x\r\nRCPT"]
)
def test_what_is_no_address_fails_for_good(value: str) -> None:
    with pytest.raises(SendError) as refused:
        build(queued(to=[Address(value)]))
    assert refused.value.trouble == Trouble.RECIPIENT


def test_amazons_id_is_found_in_its_answer(catcher: Catcher, settings) -> None:
    from channels_app.adapters.email.sending import Server, _provider_id

    server = Server("email-smtp.eu-west-3.amazonaws.com", 587, "starttls")
    assert _provider_id(server, b"2.0.0 Ok 0102018f-abc-000000") == "0102018f-abc-000000@eu-west-3.amazonses.com"
    assert _provider_id(Server("smtp.example", 25, "none"), b"2.0.0 Ok: queued as 4F1C") == ""


def test_ids_stay_short_enough_for_programs_that_encode_longer_ones() -> None:
    message = queued(thread="123456789")
    assert len(f"In-Reply-To: <{message.external_id}>") <= 78
    assert re.fullmatch(r"t123456789\.o[a-z2-7]{13}\.[a-z2-7]{16}@maison-lune\.example", message.external_id or "")
