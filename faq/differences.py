"""Two versions of a text, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Line:
    """kind: "same", "gone" or "new"."""

    kind: str
    text: str


def compare(before: str, after: str) -> list[Line]:
    """The lines of both, those that went before those that came."""
    return list(_compare(before.splitlines(), after.splitlines()))


def _compare(old: list[str], new: list[str]) -> Iterator[Line]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Line("same", text) for text in old[a:b])
        else:
            yield from (Line("gone", text) for text in old[a:b])
            yield from (Line("new", text) for text in new[c:d])
