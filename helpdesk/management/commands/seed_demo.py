"""The demo shop, for an empty installation: each app's part, from the lowest layer up."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from metrics.demo import seed as seed_orders
from surveys.demo import seed as seed_surveys
from tickets.demo.seed import seed as seed_tickets


class Command(BaseCommand):
    help = "Build the demo shop Maison Lune, 90 days in French and English. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        tickets = seed_tickets(now)
        answers = seed_surveys(now)
        orders = seed_orders(now)
        done = f"{tickets} tickets" if tickets else "already there (shop “main”), nothing changed"
        self.stdout.write(f"demo shop: {done}; {answers} answers to surveys; {orders} orders")
