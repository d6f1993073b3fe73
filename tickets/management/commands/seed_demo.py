"""The demo shop, for an empty installation."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from tickets.demo.seed import seed


class Command(BaseCommand):
    help = "Build the demo shop Maison Lune, 90 days in French and English. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        count = seed(timezone.now())
        done = f"{count} tickets" if count else "already there (shop “main”), nothing changed"
        self.stdout.write(f"demo shop: {done}")
