from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.archive.converters import CONVERTERS, NotThis, converted


class Command(BaseCommand):
    help = "Turn another helpdesk's export (JSON files) into an archive on stdout, ready for import_archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(CONVERTERS))
        parser.add_argument("files", nargs="+", type=Path, metavar="file", help="JSON values, one after the other")
        parser.add_argument("--shop", default="main", help="key of the shop that the tickets belong to (main)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for line in converted(options["kind"], options["files"], options["shop"]):
                self.stdout.write(line)
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}") from None
        except NotThis as problem:
            raise CommandError(str(problem)) from None
