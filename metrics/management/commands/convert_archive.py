import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.archive.converters import CONVERTERS


class Command(BaseCommand):
    help = "Turn another helpdesk's export (JSON files) into an archive on stdout, ready for import_archive."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(CONVERTERS))
        parser.add_argument("files", nargs="+", type=Path, metavar="file", help="JSON, or one JSON value a line")
        parser.add_argument("--shop", default="main", help="key of the shop that the tickets belong to (main)")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        try:
            for line in CONVERTERS[kind](pages(options["files"]), options["shop"]):
                self.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        except OSError as problem:
            raise CommandError(f"{problem.filename}: {problem.strerror}") from None
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise CommandError(f"These files are no {kind} export: {type(problem).__name__} {problem}") from None


def pages(files: Iterable[Path]) -> Iterator[Any]:
    """The JSON values of the files: each file is one, or has one a line."""
    for path in files:
        text = path.read_text(encoding="utf-8-sig")
        try:
            values = [json.loads(text)]
        except ValueError:
            values = [json.loads(line) for line in text.splitlines() if line.strip()]
        yield from values
