from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.lib.progress import Progress
from metrics.audit import check
from tickets.models import Ticket


class Command(BaseCommand):
    help = "Recompute all facts and compare them with the stored ones; exit 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        progress, total = Progress(self.stderr), Ticket.objects.count()
        found = check(lambda done: progress.step("tickets", done, total))
        progress.clear()
        for line in found.lines:
            self.stdout.write(line)
        if found.differences:
            words = "`rebuild_facts` puts them right; please report the cause."
            raise CommandError(f"{found.differences} differences. {words}")
        self.stdout.write("All figures agree with their timelines.")
