"""Bulk data for benchmarks: `generate_load --tickets 1000000`."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Shop
from customers.models import Identity
from tickets.load import load
from tickets.models import Ticket

DEMO = 2000  # a database with more tickets than any demo is somebody's


class Command(BaseCommand):
    help = "Add made-up customers, orders and tickets with four messages each, in French and English, fast."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, help="how many")
        parser.add_argument("--yes", action="store_true", help="also where real tickets seem to be")

    def handle(self, *args: Any, tickets: int, yes: bool, **options: Any) -> None:
        if tickets < 1:
            raise CommandError("--tickets: at least 1.")
        shop = Shop.objects.order_by("pk").first()
        if shop is None:
            raise CommandError("There is no shop yet: start the product once, or run seed_demo.")
        if not yes and self.is_somebodys():
            raise CommandError("This database holds real tickets, it seems; made-up ones stay for good. Say --yes.")
        start = time.monotonic()
        load(shop, tickets, told=lambda what, done: self.tell(what, done, options["verbosity"]))
        taken = time.monotonic() - start
        rate = tickets / taken
        self.stdout.write(f"{tickets} tickets, {tickets * 4} messages in {taken:.1f} s ({rate:.0f} tickets a second)")

    def tell(self, what: str, done: int, verbosity: int) -> None:
        if verbosity > 0:
            self.stderr.write(f"\r{what} {done or ''}   ", ending="")

    def is_somebodys(self) -> bool:
        """More tickets than a demo has, and none of them made up by this command."""
        made_up = Identity.objects.filter(value__startswith="load", value__endswith="@example.net").exists()
        return not made_up and Ticket.objects.count() > DEMO
