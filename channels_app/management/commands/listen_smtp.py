"""The built-in mail server, until SIGTERM."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from channels_app.adapters.email.listener import Listener


class Command(BaseCommand):
    help = "Accept mail by SMTP and LMTP on SMTP_LISTEN for the addresses of e-mail channels."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SMTP_LISTEN is None:
            raise CommandError("SMTP_LISTEN is not set: for example 127.0.0.1:2525.")
        host, port = settings.SMTP_LISTEN
        try:
            asyncio.run(_serve(host, port))
        except OSError as error:
            raise CommandError(f"SMTP_LISTEN={host}:{port}: {error.strerror or error}") from error


async def _serve(host: str, port: int) -> None:
    listener = Listener(host, port)
    await listener.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await listener.stop()
