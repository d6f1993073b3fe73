"""A worker killed again and again while mails arrive: as many tickets and acknowledgements as mails, none twice."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.conf import settings as project

from channels_app import inbox, outbox
from channels_app.models import InboundMessage, OutboundMessage
from tests import factories
from tests.journeys.test_mail_in_and_out import environment, listening
from tests.mailroom import SUPPORT, Catcher, mail
from tickets import reactions
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos, pytest.mark.timeout(300)]
MAILS, KILLS = 60, 4


def worker(catcher: Catcher) -> "subprocess.Popen[bytes]":
    changes = {
        "EMAIL_URL": f"smtp://127.0.0.1:{catcher.port}",
        "REDIS_URL": project.REDIS_URL,
        "OUTBOX_PATIENCE_PERCENT": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "helpdesk", "worker", "--concurrency=2", "--loglevel=ERROR"],
        env=environment() | changes,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def waiting() -> int:
    return (
        InboundMessage.objects.filter(state="stored").count()
        + OutboundMessage.objects.filter(state__in=["queued", "sending", "unknown"]).count()
        + MAILS
        - OutboundMessage.objects.count()
    )


def test_killed_workers_lose_and_double_nothing(catcher: Catcher, settings, valkey) -> None:
    settings.OUTBOX_PATIENCE = 0.01
    factories.calendar()
    factories.channel()
    factories.user()
    alive = worker(catcher)
    try:
        with listening() as port, smtplib.SMTP("127.0.0.1", port) as smtp:
            for number in range(MAILS):
                sender = f"customer{number}@example.org"
                smtp.sendmail(sender, [SUPPORT], mail(f"Numéro {number}.", sender=sender, subject=f"Colis {number}"))
                if number % (MAILS // KILLS) == MAILS // KILLS - 1:
                    time.sleep(2.5)
                    kill(alive)
                    alive = worker(catcher)
        OutboundMessage.objects.filter(state="sending").update(lease_until="2020-01-01T00:00Z")
        end = time.monotonic() + 150
        while waiting() and time.monotonic() < end:
            inbox.sweep()
            reactions.sweep()
            outbox.deliver_due()
            time.sleep(1)
    finally:
        kill(alive)
    assert InboundMessage.objects.filter(state="processed").count() == MAILS
    assert Ticket.objects.count() == MAILS
    assert OutboundMessage.objects.count() == MAILS
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"sent"}
    got = Counter(address for caught in catcher.caught for address in caught.recipients)
    ids = {str(caught.message["Message-ID"]) for caught in catcher.caught}
    assert (len(got), len(ids)) == (MAILS, MAILS)
    assert len(catcher.caught) - MAILS <= KILLS * 2  # a mail whose worker died after handing it over: same id again
