"""IDLE: a hint that a mailbox has news. Polling is the truth; without IDLE, or without news, it happens in turn."""

import logging
import threading
import time

from django.db import close_old_connections
from imapclient.exceptions import IMAPClientError

from channels_app.adapters.email import imap, oauth
from channels_app.models import Channel

log = logging.getLogger(__name__)
IDLE_SECONDS = 25 * 60  # servers hang up after 30 minutes (RFC 2177)
ROUND_SECONDS = 60.0
GLANCE_SECONDS = 5.0


def watch(pk: int, stop: threading.Event) -> None:
    """Poll a mailbox whenever it has news, and each minute where the server knows no IDLE, until `stop`."""
    while not stop.is_set():
        close_old_connections()
        began = time.monotonic()
        channel = Channel.objects.filter(pk=pk, enabled=True).first()
        if channel is None:
            return
        for _row in imap.poll(channel):
            if stop.is_set():
                return
        if not _idle(channel, stop):
            stop.wait(max(1.0, ROUND_SECONDS - (time.monotonic() - began)))


def _idle(channel: Channel, stop: threading.Event) -> bool:
    """Wait for news. False when the server cannot tell, or cannot be reached."""
    config = channel.settings().get("imap") or {}
    try:
        with imap.connected(channel, config) as client:
            if not client.has_capability("IDLE"):
                return False
            client.select_folder(str(config.get("folder") or "INBOX"), readonly=True)
            client.idle()
            end = time.monotonic() + IDLE_SECONDS
            while not stop.is_set() and time.monotonic() < end and not client.idle_check(timeout=GLANCE_SECONDS):
                pass
            client.idle_done()
    except (IMAPClientError, oauth.LoginRefused, OSError, EOFError, KeyError) as error:
        log.info("channel %s: no IDLE: %s", channel.name, error)
        return False
    return True
