"""One line on its way in."""

from dataclasses import dataclass, field
from enum import StrEnum

from metrics.archive.fields import BadLine, Fields


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass(slots=True)
class Line:
    """A line of the file: its number, the object in it, and what became of it.

    `notes` are told but stop nothing. `keeps`: unknown fields that the row itself has no place for.
    """

    number: int
    key: str
    fields: Fields
    digest: bytes
    result: Result = Result.UNCHANGED
    problem: BadLine | None = None
    notes: list[str] = field(default_factory=list)
    keeps: dict[str, object] = field(default_factory=dict)
    pending: bool = False
