"""How fast mails are taken in by one process: received by SMTP, stored, parsed in the child, made tickets."""

import os
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.__main__ import Row
from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel, InboundMessage
from helpdesk.local import free_port
from tickets.intake import take_in

MAILS = 300
SENDERS, EACH = 20, 25


def rows() -> list[Row]:
    channel = Channel.objects.filter(kind="email").first()
    start = time.perf_counter()
    ids = [store_mail(channel, _mail(n), source="api", envelope={})[0].pk for n in range(MAILS)]
    stored = time.perf_counter() - start
    start = time.perf_counter()
    for pk in ids:
        take_in(pk)
    taken = time.perf_counter() - start
    received = _received(channel.address)
    return [
        Row(f"mail: by SMTP, {SENDERS} senders at once", received, "mails/s", ">= 150", received >= 150),
        Row("mail: stored, one process", MAILS / stored, "mails/s", ">= 150", MAILS / stored >= 150),
        Row("mail: taken in, one process", MAILS / taken, "mails/s", ">= 40", MAILS / taken >= 40),
    ]


def _received(address: str) -> float:
    """Mails a second that one listener in its own process answers with 250, every sender waiting for each answer."""

    def session(sender: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="bench") as smtp:
            for n in range(EACH):
                smtp.sendmail("bench@example.net", [address], _mail(MAILS + sender * EACH + n))

    before = InboundMessage.objects.count()
    with _listener() as port, ThreadPoolExecutor(SENDERS) as senders:
        start = time.perf_counter()
        list(senders.map(session, range(SENDERS)))
        seconds = time.perf_counter() - start
    assert InboundMessage.objects.count() == before + SENDERS * EACH
    return SENDERS * EACH / seconds


@contextmanager
def _listener() -> Iterator[int]:
    """The port of a `listen_smtp` that answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "listen_smtp"], env=os.environ | {"SMTP_LISTEN": f"127.0.0.1:{port}"}
    )
    try:
        while process.poll() is None:
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=30).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _mail(n: int) -> bytes:
    return (
        f"From: Client {n} <bench{n}@example.net>\r\nTo: support@maison-lune.example\r\nSubject: Question {n}\r\n"
        f"Message-ID: <bench-{n}@example.net>\r\n\r\n" + "Bonjour, où est mon colis ?\r\n" * 20
    ).encode()
