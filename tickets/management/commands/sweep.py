"""Do what is due: what beat wakes every few seconds, by hand."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from channels_app import inbox
from tickets import reactions, tasks

PAUSE = 5.0  # seconds between rounds


class Command(BaseCommand):
    help = "Finish what a crash left in the inbox, run waiting reactions and due timers; with --once one round."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        while True:
            inbox.sweep()
            reactions.sweep()
            tasks.sweep()
            if once:
                return
            time.sleep(PAUSE)
