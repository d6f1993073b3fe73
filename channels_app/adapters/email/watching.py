"""IDLE: a hint that a mailbox has news. Polling is the truth; without IDLE, or without news, it happens in turn."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from django.db import close_old_connections
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from channels_app.adapters.email import imap, oauth
from channels_app.models import Channel

log = logging.getLogger(__name__)
IDLE_SECONDS = 25 * 60  # servers hang up after 30 minutes (RFC 2177)
ROUND_SECONDS = 60.0
GLANCE_SECONDS = 5.0
FAULTS = (IMAPClientError, oauth.LoginRefused, OSError, EOFError, KeyError)


def watch(pk: int, stop: threading.Event) -> None:
    """Poll a mailbox whenever it has news, and each minute where the server knows no IDLE, until `stop`."""
    while not stop.is_set():
        close_old_connections()
        began = time.monotonic()
        channel = Channel.objects.filter(pk=pk, enabled=True).first()
        if channel is None:
            return
        with _listening(channel) as news:  # before the look: what comes after it is news
            for _row in imap.poll(channel):
                if stop.is_set():
                    return
            heard = news is not None and _wait(news, channel, stop)
        if not heard:
            stop.wait(max(1.0, ROUND_SECONDS - (time.monotonic() - began)))


@contextmanager
def _listening(channel: Channel) -> Iterator[IMAPClient | None]:
    """A connection that hears of news from now on. None when the server cannot tell, or cannot be reached."""
    config = channel.settings().get("imap") or {}
    with ExitStack() as stack:
        client = None
        try:
            client = stack.enter_context(imap.connected(channel, config))
            if client.has_capability("IDLE"):
                client.select_folder(str(config.get("folder") or "INBOX"), readonly=True)
                client.idle()
            else:
                client = None
        except FAULTS as error:
            log.info("channel %s: no IDLE: %s", channel.name, error)
            client = None
        try:
            yield client
        finally:
            if client is not None:
                with suppress(*FAULTS):
                    client.idle_done()


def _wait(client: IMAPClient, channel: Channel, stop: threading.Event) -> bool:
    """Until there is news. False when the connection broke."""
    try:
        end = time.monotonic() + IDLE_SECONDS
        while not stop.is_set() and time.monotonic() < end and not client.idle_check(timeout=GLANCE_SECONDS):
            pass
    except FAULTS as error:
        log.info("channel %s: no IDLE: %s", channel.name, error)
        return False
    return True
