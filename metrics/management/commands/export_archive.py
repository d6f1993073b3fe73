import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from metrics.archive.console import Console
from metrics.archive.write import export


class Command(BaseCommand):
    help = "Export everything as an archive (NDJSON, docs/archive.md). No passwords, tokens or files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        part = path.with_name(path.name + ".part")  # a half-written archive never has the archive's name
        try:
            opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(opened, "w", encoding="utf-8") as file, Console(self.stderr) as console:
                counts = export(file, console)
            part.replace(path)
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from None
        for kind, count in counts.items():
            self.stdout.write(f"{kind:<14}{count:>11,}")
