"""Deliver what waits in the outbox."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from channels_app import outbox

PAUSE = 2.0  # seconds between rounds


class Command(BaseCommand):
    help = "Deliver the messages of the outbox that are due: one round with --once, else again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="what is due now, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(f"{outbox.deliver_due(batch=10_000, budget=3600.0)} tried")
            return
        while True:
            outbox.deliver_due()
            time.sleep(PAUSE)
