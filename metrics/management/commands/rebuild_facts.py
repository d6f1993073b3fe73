from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from helpdesk.lib.progress import Progress
from metrics.refresh import rebuild
from metrics.windows import midnight
from tickets.models import Ticket


class Command(BaseCommand):
    help = "Rebuild the facts behind all figures from messages and events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="DATE", help="only tickets in which something happened since (UTC)")

    def handle(self, *args: Any, since: str | None, **options: Any) -> None:
        begin = None
        if since is not None:
            try:
                day = parse_date(since)
            except ValueError:
                day = None
            if day is None:
                raise CommandError(f"--since: expected a date, for example 2026-01-31, not {since!r}.")
            begin = midnight(day, timezone.get_default_timezone())
        progress, done = Progress(self.stderr), 0
        total = Ticket.objects.count() if begin is None else Ticket.objects.filter(last_activity_at__gte=begin).count()
        for done in rebuild(begin):
            progress.step("tickets", done, total)
        progress.clear()
        self.stdout.write(f"{done} tickets rebuilt.")
