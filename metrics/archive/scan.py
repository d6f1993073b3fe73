"""A first look at the file: where the lines of each type stand. Eight bytes a line, so that any size fits."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from metrics.archive.fields import BadLine, load

# In the order in which they are stored: nobody refers to what comes later, but tickets to tickets.
TYPES = (
    "shop",
    "team",
    "calendar",
    "agent",
    "reason",
    "scorecard",
    "target",
    "customer",
    "order",
    "ticket",
    "attachment",
    "self_service",
)
FIRST = b'{"type":"'


@dataclass(slots=True)
class Scan:
    """Where each type's lines stand: byte offsets and line numbers, in the order of the file."""

    path: Path
    places: dict[str, array[int]] = field(default_factory=dict)
    numbers: dict[str, array[int]] = field(default_factory=dict)
    bad: list[tuple[int, BadLine]] = field(default_factory=list)

    def count(self) -> int:
        return sum(map(len, self.places.values()))

    def lines(self, kind: str) -> Iterator[tuple[int, bytes]]:
        """(number, bytes) of this type's lines."""
        with self.path.open("rb") as file:
            for place, number in zip(self.places.get(kind, ()), self.numbers.get(kind, ()), strict=True):
                file.seek(place)
                yield number, file.readline()


def scan(path: Path) -> Scan:
    """Sort the lines of the file by type. OSError when it cannot be read."""
    found, place = Scan(path), 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            start, place = place, place + len(raw)
            if not raw.strip():
                continue
            try:
                kind = _type(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw)
            except BadLine as problem:
                found.bad.append((number, problem))
                continue
            found.places.setdefault(kind, array("Q")).append(start)
            found.numbers.setdefault(kind, array("Q")).append(number)
    return found


def _type(raw: bytes) -> str:
    kind = raw[len(FIRST) :].partition(b'"')[0].decode("ascii", "replace") if raw.startswith(FIRST) else None
    if kind not in TYPES:  # written otherwise, or wrong
        kind = load(raw).get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise BadLine("type", f"{json.dumps(kind)[:60]} is none of {', '.join(TYPES)}")
    return kind
