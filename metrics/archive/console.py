"""What the archive's commands say: problems and the bar on stderr, counts on stdout."""

from collections import Counter
from collections.abc import Mapping
from typing import Self

from django.core.management.base import OutputWrapper

from helpdesk.lib.progress import Progress
from metrics.archive.fields import BadLine
from metrics.archive.lines.line import Result

MOST_NOTES = 20  # of one wording; thousands of the same drown the rest


class Console:
    """Use it in a `with`: it puts the terminal in order at the end."""

    def __init__(self, err: OutputWrapper) -> None:
        self.err, self.bar = err, Progress(err)
        self.notes: Counter[str] = Counter()

    def problem(self, number: int, problem: BadLine) -> None:
        self.bar.clear()
        self.err.write(f"line {number}: {problem.field}: {problem.words}\n")

    def note(self, number: int, words: str) -> None:
        self.notes[words] += 1
        if self.notes[words] <= MOST_NOTES:
            self.bar.clear()
            self.err.write(f"line {number}: {words}\n")

    def step(self, what: str, done: int, total: int) -> None:
        self.bar.step(what, done, total)

    def __enter__(self) -> Self:
        self.err.ending = ""  # the bar stays on its line
        return self

    def __exit__(self, *problem: object) -> None:
        self.bar.clear()
        self.err.ending = "\n"
        for words, count in self.notes.items():
            if count > MOST_NOTES:
                self.err.write(f"and {count - MOST_NOTES} lines more: {words}")


def table(counts: Mapping[str, Counter[Result]]) -> str:
    """Counts per type: created, updated, unchanged, bad."""
    rows = [f"{'':<14}" + "".join(f"{result.value:>11}" for result in Result)]
    rows += [f"{kind:<14}" + "".join(f"{counts[kind][result]:>11,}" for result in Result) for kind in counts]
    return "\n".join(rows)
