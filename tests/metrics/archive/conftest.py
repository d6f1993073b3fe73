import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.metrics.archive import generator


class Archive:
    """Runs the commands as a user would. `run(lines)` imports and returns (exit code, stdout, stderr)."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, lines, name="in.ndjson"):
        path = self.folder / name
        path.write_text(
            "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
        )
        return path

    def run(self, lines, **options):
        return self.run_file(self.file(lines), **options)

    def run_file(self, path, **options):
        out, err = StringIO(), StringIO()
        try:
            call_command("import_archive", str(path), stdout=out, stderr=err, **options)
        except CommandError as problem:
            return 1, out.getvalue(), complaints(err) + f"CommandError: {problem}\n"
        return 0, out.getvalue(), complaints(err)

    def load(self, lines):
        """Import lines that are all fine."""
        code, out, err = self.run(lines)
        assert (code, err) == (0, "")
        return counts(out)

    def export(self, name="out.ndjson"):
        path = self.folder / name
        call_command("export_archive", str(path), stdout=StringIO(), stderr=StringIO())
        return path.read_text()


def history(folder, seed, tickets):
    """A random history, imported."""
    Archive(folder).load(generator.archive(seed, tickets))


def complaints(err):
    """What was written besides the progress bar (on a slow machine it shows)."""
    return "".join(line for line in err.getvalue().splitlines(keepends=True) if line[0] not in "█░")


def counts(out):
    """{"ticket": (created, updated, unchanged, bad)}"""
    rows = [line.split() for line in out.splitlines()[1:] if len(line.split()) == 5]
    return {row[0]: tuple(int(number.replace(",", "")) for number in row[1:]) for row in rows}


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)
