"""The built-in mail server, over real sockets."""

import asyncio
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from channels_app.adapters.email import listener as module
from channels_app.adapters.email.listener import Listener
from channels_app.models import InboundMessage
from tests import factories
from tests.mailroom import JASMINE, SUPPORT, free_port, mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port() -> Iterator[int]:
    factories.channel()
    factories.channel("sav")
    loop = asyncio.new_event_loop()
    server = Listener("127.0.0.1", 0)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)[1]
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_250_means_stored(port: int) -> None:
    raw = mail()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("bounce@example.org", [SUPPORT], raw)
        stored = InboundMessage.objects.get()
        assert (bytes(stored.raw), stored.source, stored.channel.name) == (raw, "smtp", "support")
        assert stored.envelope == {"mail_from": "bounce@example.org", "rcpt_to": [SUPPORT]}
        smtp.sendmail("", [SUPPORT], mail("Deux."))
    assert InboundMessage.objects.latest("pk").envelope["mail_from"] == ""


def test_it_offers_what_mail_needs(port: int, settings) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == str(settings.MAIL_MAX_BYTES)
        assert smtp.has_extn("8bitmime")
        assert smtp.has_extn("smtputf8")
        assert not smtp.has_extn("auth")


def test_it_relays_nothing(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail(JASMINE, ["victim@elsewhere.example"], mail())
        assert refused.value.recipients["victim@elsewhere.example"][0] == 550
        failed = smtp.sendmail(JASMINE, [SUPPORT, "nobody@maison-lune.example"], mail())
        assert list(failed) == ["nobody@maison-lune.example"]
    assert InboundMessage.objects.count() == 1


def test_two_channels_two_rows_one_channel_one_row(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail(JASMINE, [SUPPORT, "sav@maison-lune.example", "support+t1.x@maison-lune.example"], mail())
    rows = {row.channel.name: row.envelope["rcpt_to"] for row in InboundMessage.objects.all()}
    assert rows == {"support": [SUPPORT, "support+t1.x@maison-lune.example"], "sav": ["sav@maison-lune.example"]}


def test_the_same_mail_again_is_stored_once(port: int) -> None:
    raw = mail()
    for _time in range(3):
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.sendmail(JASMINE, [SUPPORT], raw)
    assert InboundMessage.objects.count() == 1


def test_lmtp_answers_for_each_recipient(port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as lmtp:
        lmtp.ehlo()
        lmtp.mail(JASMINE)
        for address in (SUPPORT, "sav@maison-lune.example"):
            assert lmtp.rcpt(address)[0] == 250
        assert lmtp.data(mail())[0] == 250
        assert lmtp.getreply()[0] == 250
        assert lmtp.noop()[0] == 250
    assert set(InboundMessage.objects.values_list("source", flat=True)) == {"lmtp"}
    assert InboundMessage.objects.count() == 2


def test_too_large(port: int, settings) -> None:
    settings.MAIL_MAX_BYTES = 50_000
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        assert smtp.mail(JASMINE, ["size=50001"])[0] == 552
        smtp.rset()
        smtp.mail(JASMINE)
        smtp.rcpt(SUPPORT)
        assert smtp.data(mail("x" * 70_000))[0] == 552
        assert smtp.noop()[0] == 250
        smtp.sendmail(JASMINE, [SUPPORT], mail())
    assert InboundMessage.objects.count() == 1


def test_lines_longer_than_the_rfc_allows(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail(JASMINE, [SUPPORT], b"From: a@x.example\r\n\r\n" + b"x" * 900_000 + b"\r\n")
    assert InboundMessage.objects.get().size == 900_023


def test_451_while_the_database_is_away(port: int, monkeypatch) -> None:
    from django.db import OperationalError

    def away(_addresses):
        raise OperationalError("connection refused")

    raw = mail()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.ehlo()
        monkeypatch.setattr(module, "channels_for", away)
        smtp.mail(JASMINE)
        assert smtp.rcpt(SUPPORT)[0] == 451
        smtp.rset()
        monkeypatch.undo()
        smtp.mail(JASMINE)
        smtp.rcpt(SUPPORT)
        monkeypatch.setattr(module, "channels_for", away)
        assert smtp.data(raw)[0] == 451
        assert InboundMessage.objects.count() == 0
        monkeypatch.undo()
        smtp.sendmail(JASMINE, [SUPPORT], raw)
    assert InboundMessage.objects.count() == 1


def test_a_client_that_leaves_half_way_leaves_nothing(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"EHLO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<support@maison-lune.example>\r\nDATA\r\n")
        client.sendall(b"From: a@x.example\r\n\r\nHalf")
    time.sleep(0.3)
    assert InboundMessage.objects.count() == 0


def test_a_connection_that_died_meanwhile_is_replaced_and_the_sender_notices_nothing(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail(JASMINE, [SUPPORT], mail())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchall()
        for number in range(10):  # whichever thread serves it
            smtp.sendmail(JASMINE, [SUPPORT, "sav@maison-lune.example"], mail(f"Numéro {number}."))
    assert InboundMessage.objects.count() == 21


@pytest.mark.slow
def test_twenty_senders_at_once_lose_nothing(port: int) -> None:
    def session(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            for mail_number in range(25):
                smtp.sendmail(JASMINE, [SUPPORT], mail(f"Numéro {number}/{mail_number}."))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(session, range(20)))
    assert InboundMessage.objects.count() == 500


def test_sigterm_ends_it_in_order() -> None:
    factories.channel()
    port = free_port()
    database = connections["default"].settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    process = subprocess.Popen(
        [sys.executable, "manage.py", "listen_smtp"],
        env=os.environ | {"SMTP_LISTEN": f"127.0.0.1:{port}", "DATABASE_URL": url},
        stderr=subprocess.PIPE,
    )
    try:
        smtp = _connect(port)
        raw = mail()
        smtp.mail(JASMINE)
        smtp.rcpt(SUPPORT)
        smtp.docmd("DATA")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=2)
        smtp.send(raw + b".\r\n")
        assert smtp.getreply()[0] == 250
        assert process.wait(timeout=15) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()
    assert InboundMessage.objects.count() == 1


def _connect(port: int) -> smtplib.SMTP:
    end = time.monotonic() + 60
    while True:
        try:
            smtp = smtplib.SMTP("127.0.0.1", port, timeout=10)
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            smtp.ehlo()
            return smtp
