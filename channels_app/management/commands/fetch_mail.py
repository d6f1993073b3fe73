"""Fetch mail from the mailboxes of all channels."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from channels_app.adapters.email import imap
from channels_app.adapters.email.watching import watch
from channels_app.models import Channel, ChannelKind

log = logging.getLogger(__name__)
LOOK_AROUND_SECONDS = 30.0


class Command(BaseCommand):
    help = "Fetch new mail by IMAP: one round with --once, else at once whenever a mailbox tells of news (IDLE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round over all mailboxes, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self._round()
        else:
            _watch_all()

    def _round(self) -> None:
        channels = _with_mailbox()
        for channel in channels:
            stored = len(list(imap.poll(channel)))
            self.stdout.write(f"{channel.name}: {stored} new")
        troubled = Channel.objects.filter(pk__in=[channel.pk for channel in channels], trouble__startswith=imap.TROUBLE)
        if faults := [f"{channel.name}: {channel.trouble}" for channel in troubled]:
            raise CommandError("; ".join(faults))


def _with_mailbox() -> list[Channel]:
    channels = Channel.objects.filter(kind=ChannelKind.EMAIL, enabled=True).order_by("pk")
    return [channel for channel in channels if (channel.config.get("imap") or {}).get("host")]


def _watch_all() -> None:
    """One thread for each mailbox, those that come later included, until SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    threads: dict[int, threading.Thread] = {}
    while not stop.is_set():
        for pk in _listed():
            if pk not in threads or not threads[pk].is_alive():
                threads[pk] = threading.Thread(target=watch, args=(pk, stop), name=f"mailbox-{pk}")
                threads[pk].start()
        stop.wait(LOOK_AROUND_SECONDS)
    for thread in threads.values():
        thread.join()


def _listed() -> list[int]:
    close_old_connections()
    try:
        return [channel.pk for channel in _with_mailbox()]
    except (OperationalError, InterfaceError) as error:
        log.warning("the database is away: %s", error)
        connection.close()
        return []
