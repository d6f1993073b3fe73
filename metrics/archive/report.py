"""What an import says, kept for a page: each refused line, what was noted, counts; and how far it is, in the cache."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from metrics.archive.fields import BadLine
from metrics.archive.lines.line import Result

MOST = 1000  # refused lines that are kept word by word; all are counted
PAUSE = 0.5  # seconds between two looks at the bar
LASTS = 3600


class Report:
    """Who is told how it goes. `as_json` is what stays of it."""

    def __init__(self, job: int) -> None:
        self.job, self.told_at = job, 0.0
        self.refused: list[list[Any]] = []
        self.notes: dict[str, list[int]] = {}  # words -> number of lines, the first of them

    def problem(self, number: int, problem: BadLine) -> None:
        if len(self.refused) < MOST:
            self.refused.append([number, problem.field, problem.words])

    def note(self, number: int, words: str) -> None:
        self.notes.setdefault(words, [0, number])[0] += 1

    def step(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self.told_at > PAUSE:
            self.told_at = time.monotonic()
            cache.set(_key(self.job), [what, done, total], LASTS)

    def as_json(self, counts: Mapping[str, Counter[Result]]) -> dict[str, Any]:
        """{"counts": {type: {result: n}}, "refused": [[line, field, why]], "notes": [[words, n, first line]]}"""
        return {
            "counts": {kind: {result.value: found[result] for result in Result} for kind, found in counts.items()},
            "refused": sorted(self.refused),
            "notes": [[words, n, first] for words, (n, first) in list(self.notes.items())[:MOST]],
        }


def progress(job: int) -> tuple[str, int, int]:
    """(what is being done, done, total) of a job at work; ("", 0, 0) before its first word."""
    what, done, total = cache.get(_key(job)) or ("", 0, 0)
    return what, done, total


def forget_progress(job: int) -> None:
    cache.delete(_key(job))


def _key(job: int) -> str:
    return f"archive.{job}"
