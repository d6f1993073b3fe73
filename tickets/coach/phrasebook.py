import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tickets.coach.hints import Kind

FLAGS = re.IGNORECASE | re.MULTILINE
Rewrites = tuple[str, ...] | Callable[[re.Match[str]], tuple[str, ...]]


@dataclass(frozen=True)
class Remark:
    """A phrase to avoid and what to say instead."""

    kind: Kind
    pattern: str
    rewrites: Rewrites

    def instead(self, match: re.Match[str]) -> tuple[str, ...]:
        return self.rewrites(match) if callable(self.rewrites) else self.rewrites


@dataclass(frozen=True)
class Phrasebook:
    """What one language brings: phrases, and how apologies, next steps, thanks look in it."""

    remarks: tuple[Remark, ...]
    apology: str
    next_step: str
    jolly: str
    erare: Mapping[str, str]
