"""A customer's mail by every entrance, through real servers and our own commands, and our answer back by SMTP."""

import asyncio
import os
import smtplib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from channels_app.adapters.email.listener import Listener
from channels_app.models import Channel, InboundMessage, OutboundMessage
from tests import factories
from tests.channels_app.email.test_webhooks import PASSWORD, basic, postmark
from tests.mailroom import JASMINE, SUPPORT, Catcher, answer, imap_server, mail, reply_to, work
from tickets.models import Message, Promise, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def environment() -> dict[str, str]:
    """That of a command of ours in a process of its own, on this test's database."""
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    return os.environ | {"DATABASE_URL": url}


def pipe(raw: bytes, *arguments: str, **changes: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "manage.py", "receive_email", *arguments]
    return subprocess.run(command, input=raw, env=environment() | changes, capture_output=True, timeout=60, check=False)


@contextmanager
def listening() -> Iterator[int]:
    loop = asyncio.new_event_loop()
    server = Listener("127.0.0.1", 0)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)[1]
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def by_smtp(raw: bytes) -> None:
    with listening() as port, smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail(JASMINE, [SUPPORT], raw)


def by_lmtp(raw: bytes) -> None:
    with listening() as port, smtplib.LMTP("127.0.0.1", port) as lmtp:
        lmtp.sendmail(JASMINE, [SUPPORT], raw)


def by_imap(raw: bytes) -> None:
    with imap_server() as server:
        channel = Channel.objects.get(name="support")
        channel.configure({"address": channel.address, "imap": server.config})
        channel.save()
        server.put(raw)
        call_command("fetch_mail", "--once")


def by_pipe(raw: bytes) -> None:
    done = pipe(raw)
    assert (done.returncode, done.stderr) == (0, b"")


def by_named_pipe(raw: bytes) -> None:
    assert pipe(raw, "--channel", "support").returncode == 0


def by_webhook(raw: bytes) -> None:
    channel = Channel.objects.get(name="support")
    channel.configure({"address": channel.address, "esp": "postmark", "secret": PASSWORD})
    channel.save()
    answer = Client().post(f"/hooks/{channel.uuid}/", postmark(raw), content_type="application/json", headers=basic())
    assert answer.status_code == 200


def by_api(raw: bytes) -> None:
    token = factories.token(factories.admin())
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post(
        "/api/v1/inbound/email/?channel=support", raw, content_type="message/rfc822", headers=headers
    )
    assert (answer.status_code, answer.json()["duplicate"]) == (202, False)


@pytest.mark.parametrize(
    "entrance", [by_smtp, by_lmtp, by_imap, by_pipe, by_webhook, by_api], ids=lambda way: way.__name__
)
def test_every_entrance_makes_one_ticket_and_the_thread_holds(
    catcher: Catcher, entrance: Callable[[bytes], None]
) -> None:
    factories.calendar()
    factories.channel()
    factories.user(first_name="Inès", last_name="Benali")
    entrance(mail(message_id="first@example.org"))
    work()
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.messages.filter(author="customer").count()) == ("Où est mon colis ?", 1)

    answer(ticket, "Bonjour Jasmine, il arrive demain.")
    work()
    ack, reply = catcher.to(JASMINE)
    assert ack.message["In-Reply-To"] == reply.message["In-Reply-To"] == "<first@example.org>"
    assert reply.message["References"].split()[0] == "<first@example.org>"
    assert "il arrive demain" in reply.text

    with listening() as port, smtplib.SMTP("127.0.0.1", port) as smtp:
        raw = reply_to(reply)
        smtp.sendmail(JASMINE, [str(reply.message["Reply-To"].addresses[0].addr_spec)], raw)
    work()
    assert Ticket.objects.count() == 1
    thanks = ticket.messages.filter(author="customer").latest("pk")
    assert (thanks.text.strip(), thanks.joined_by) == ("Merci beaucoup !", "token")


def test_the_acknowledgement_names_a_person_the_hours_and_a_promise(catcher: Catcher) -> None:
    factories.calendar()
    factories.channel()
    person = factories.user(first_name="Inès", last_name="Benali")
    by_smtp(mail())
    work()
    (ack,) = catcher.caught
    promise = Promise.objects.get()
    assert person.full_name in ack.text
    assert "09:00" in ack.text or "9 h" in ack.text or "9h" in ack.text
    assert promise.text in ack.text
    assert ack.message["Auto-Submitted"] == "auto-replied"
    assert str(ack.message["From"].addresses[0].addr_spec) == SUPPORT
    assert ack.sender == ""


def test_the_pipe_says_what_is_wrong_in_one_line() -> None:
    factories.channel()
    cases = [
        (pipe(mail(to="nobody@elsewhere.example")), 67),
        (pipe(mail(), "--channel", "nothing"), 67),
        (pipe(b""), 65),
        (pipe(mail("x" * 70_000), MAIL_MAX_BYTES="50000"), 65),
        (pipe(mail(), DATABASE_URL="postgres://nobody@127.0.0.1:9/none"), 75),
    ]
    for done, status in cases:
        assert done.returncode == status, done.stderr.decode()
        assert len(done.stderr.decode().strip().splitlines()) == 1
    assert InboundMessage.objects.count() == 0


def test_without_a_way_out_the_answer_is_kept(settings) -> None:
    factories.channel()
    by_smtp(mail())
    work()
    message = answer(Ticket.objects.get(), "Bonjour.")
    call_command("deliver", "--once")
    message.refresh_from_db()
    assert message.delivery == "kept"
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"kept"}


def test_sweep_finishes_what_a_crash_left(catcher: Catcher) -> None:
    factories.channel()
    by_smtp(mail())
    assert Message.objects.count() == 0
    work()
    call_command("sweep", "--once")
    call_command("deliver", "--once")
    assert Message.objects.filter(author="customer").count() == 1
    assert len(catcher.caught) == 1


def test_the_same_mail_by_two_ways_is_one_message() -> None:
    factories.channel()
    raw = mail()
    by_named_pipe(raw)
    assert InboundMessage.objects.count() == 1
    by_smtp(raw)
    by_lmtp(raw)
    work()
    assert Message.objects.filter(author="customer").count() == 1


def test_one_mail_to_two_mailboxes_is_two_tickets() -> None:
    factories.channel()
    factories.channel("sav")
    with listening() as port, smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail(JASMINE, [SUPPORT, "sav@maison-lune.example"], mail(to=f"{SUPPORT}, sav@maison-lune.example"))
    work()
    assert set(Ticket.objects.values_list("channel__name", flat=True)) == {"support", "sav"}
