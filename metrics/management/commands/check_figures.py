from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.lib.progress import Progress
from metrics.audit import differences_everywhere
from tickets.models import Ticket

SHOWN = 50


class Command(BaseCommand):
    help = "Recompute all facts and compare them with the stored ones; exit 1 on any difference."

    def handle(self, *args: Any, **options: Any) -> None:
        progress, found, total = Progress(self.stderr), 0, Ticket.objects.count()
        for line in differences_everywhere(lambda done: progress.step("tickets", done, total)):
            found += 1
            if found <= SHOWN:
                self.stdout.write(line)
        progress.clear()
        if found:
            raise CommandError(f"{found} differences. `rebuild_facts` puts them right; please report the cause.")
        self.stdout.write("All figures agree with their timelines.")
