"""How fast mails are taken in by one process: stored, parsed in the child, made tickets."""

import time

from bench.__main__ import Row
from channels_app.adapters.email.receive import store_mail
from channels_app.models import Channel
from tickets.intake import take_in

MAILS = 300


def rows() -> list[Row]:
    channel = Channel.objects.filter(kind="email").first()
    start = time.perf_counter()
    ids = [store_mail(channel, _mail(n), source="api", envelope={})[0].pk for n in range(MAILS)]
    stored = time.perf_counter() - start
    start = time.perf_counter()
    for pk in ids:
        take_in(pk)
    taken = time.perf_counter() - start
    return [
        Row("mail: stored, one process", MAILS / stored, "mails/s", ">= 150", MAILS / stored >= 150),
        Row("mail: taken in, one process", MAILS / taken, "mails/s", ">= 40", MAILS / taken >= 40),
    ]


def _mail(n: int) -> bytes:
    return (
        f"From: Client {n} <bench{n}@example.net>\r\nTo: support@maison-lune.example\r\nSubject: Question {n}\r\n"
        f"Message-ID: <bench-{n}@example.net>\r\n\r\n" + "Bonjour, où est mon colis ?\r\n" * 20
    ).encode()
