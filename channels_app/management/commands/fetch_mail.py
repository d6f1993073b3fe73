"""Fetch mail from the mailboxes of all channels."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_app.adapters.email import imap
from channels_app.adapters.email.watching import watch
from channels_app.models import Channel, ChannelKind


class Command(BaseCommand):
    help = "Fetch new mail by IMAP: one round with --once, else at once whenever a mailbox tells of news (IDLE)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round over all mailboxes, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        channels = [
            channel
            for channel in Channel.objects.filter(kind=ChannelKind.EMAIL, enabled=True).order_by("pk")
            if (channel.config.get("imap") or {}).get("host")
        ]
        if once:
            self._round(channels)
        else:
            _watch_all([channel.pk for channel in channels])

    def _round(self, channels: list[Channel]) -> None:
        for channel in channels:
            stored = len(list(imap.poll(channel)))
            self.stdout.write(f"{channel.name}: {stored} new")
        troubled = Channel.objects.filter(pk__in=[channel.pk for channel in channels], trouble__startswith=imap.TROUBLE)
        if faults := [f"{channel.name}: {channel.trouble}" for channel in troubled]:
            raise CommandError("; ".join(faults))


def _watch_all(pks: list[int]) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    threads = [threading.Thread(target=watch, args=(pk, stop), name=f"mailbox-{pk}") for pk in pks]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join()
