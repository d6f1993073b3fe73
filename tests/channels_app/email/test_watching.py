import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection

from channels_app.adapters.email.watching import watch
from channels_app.models import InboundMessage
from tests.journeys.test_mail_in_and_out import environment
from tests.mailroom import ImapServer, imap_channel, mail

pytestmark = pytest.mark.django_db(transaction=True)


def test_news_by_idle_is_fetched_at_once(mailbox: ImapServer) -> None:
    channel, stop = imap_channel(mailbox), threading.Event()

    def run() -> None:
        watch(channel.pk, stop)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        time.sleep(1.5)
        began = time.monotonic()
        mailbox.put(mail())
        while not InboundMessage.objects.exists() and time.monotonic() < began + 30:
            time.sleep(0.05)  # by looking again and again it would take a minute
        assert InboundMessage.objects.count() == 1
    finally:
        stop.set()
        thread.join()


def test_the_command_watches_and_ends_in_order(mailbox: ImapServer) -> None:
    imap_channel(mailbox)
    mailbox.put(mail())
    process = subprocess.Popen([sys.executable, "manage.py", "fetch_mail"], env=environment())
    try:
        end = time.monotonic() + 40
        while not InboundMessage.objects.exists() and time.monotonic() < end:
            time.sleep(0.1)
        assert InboundMessage.objects.count() == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
