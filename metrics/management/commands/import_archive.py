import gc
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.archive.console import Console, table
from metrics.archive.lock import alone
from metrics.archive.read import Import


class Command(BaseCommand):
    help = "Import an archive (NDJSON, docs/archive.md). Sends nothing; the same file again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        gc.freeze()  # what was loaded to begin with stays: it need not be looked through again and again
        with Console(self.stderr) as console:
            job = Import(options["file"], console)
            self._run(job, **options)
        self.stdout.write(table(job.counts))
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing has been changed.")
        if job.bad:
            raise CommandError(f"{job.bad} bad line(s); all others are {'fine' if options['dry_run'] else 'imported'}.")

    def _run(self, job: Import, **options: Any) -> None:
        with alone() as free:
            if not free:
                raise CommandError("Another archive is being read or written.")
            try:
                job.rehearse() if options["dry_run"] else job.run()
            except OSError as problem:
                raise CommandError(f"{options['file']}: {problem.strerror}") from None
