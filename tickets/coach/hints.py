from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is amiss. The values are the API's and the page's words."""

    NEGATIVE = "negative"  # says what cannot be, or orders about
    BLAME = "blame"  # exaggerated courtesy, "as I already said"
    PROMISE = "promise"  # promises what is not ours to keep
    BANNED = "banned"  # on the shop's own list
    AWAY = "away"  # sends the customer to another channel
    APOLOGY = "apology"  # sorry, and nothing after it
    LAST_WORD = "last_word"  # ends on an apology
    WALL = "wall"  # too much in one paragraph
    TONE = "tone"  # too jolly for bad news
    ERARE = "erare"  # a complaint's answer lacks a step


@dataclass(frozen=True)
class Hint:
    """One remark. `start` and `end` are offsets in the reviewed text; `rewrites` are ready to take its place."""

    kind: Kind
    start: int
    end: int
    quote: str
    why: str
    rewrites: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # of ERARE: the steps not found


@dataclass(frozen=True)
class Situation:
    """What the coach must know of the ticket. `lists` are the shop's own: {"banned": [...], "rewrites": [[a, b]]}."""

    language: str = "fr"
    complaint: bool = False
    bad_news: bool = False  # a delay, a damage, a complaint: no jokes (S74)
    on_phone: bool = False
    lists: Mapping[str, Sequence[object]] = field(default_factory=dict)
