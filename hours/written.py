"""Hours as people write them: "09:00–12:30, 13h30 à 18h", "20:00–02:00", "closed", "24/7"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hours.rules import Span, clock_text, minutes_of

DAY = 24 * 60
NIGHT = 12 * 60  # what ends before it begins and would be longer than this is a slip, not a night
CLOCK = r"(\d{1,2})\s*(?:[:h.]\s*(\d{2})?)?"
PIECE = re.compile(rf"{CLOCK}\s*(?:-|–|—|à|a|to|until|bis)\s*{CLOCK}")
BETWEEN = re.compile(r"[,;/\n]+|\s+(?:et|and)\s+")
CLOSED = {"", "-", "–", "—", "closed", "fermé", "ferme", "fermée"}
ALWAYS = {"24/7", "24h/24", "24 h/24", "24 h sur 24", "24h sur 24", "24 h", "24h", "24 hours"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `wrong` is the first piece that was not; `turned` its times if it ends before it begins."""

    spans: list[list[str]] = field(default_factory=list)
    wrong: str = ""
    turned: Span | None = None


def read(text: str) -> Reading:
    """The intervals of one day as hours.models.Hours keeps them; what ends in the night passes midnight ("26:00")."""
    plain = " ".join(text.lower().split(" ")).strip().rstrip(".")
    if plain in CLOSED:
        return Reading()
    if plain in ALWAYS:
        return Reading([["00:00", "24:00"]])
    spans: list[Span] = []
    wrong, turned = "", None
    for piece in filter(None, (one.strip() for one in BETWEEN.split(plain))):
        span = _span(piece)
        if span is not None and span[0] < span[1]:
            spans.append(span)
        elif not wrong:
            wrong, turned = piece, span
    return Reading([[clock_text(opens), clock_text(closes)] for opens, closes in sorted(spans)], wrong, turned)


def write(spans: Sequence[Sequence[str]]) -> str:
    """The reverse of `read`; "" for a closed day."""
    return ", ".join(f"{opens}–{_closing(opens, closes)}" for opens, closes in spans)


def _span(piece: str) -> Span | None:
    """The times of a piece in minutes, in the order in which they stand; None for what is no time."""
    match = PIECE.fullmatch(piece)
    if match is None:
        return None
    opens, closes = (int(match[n]) * 60 + int(match[n + 1] or 0) for n in (1, 3))
    if max(int(match[2] or 0), int(match[4] or 0)) > 59 or max(opens, closes) > 2 * DAY:
        return None
    return (opens, closes + DAY) if closes <= opens <= DAY and closes + DAY - opens <= NIGHT else (opens, closes)


def _closing(opens: str, closes: str) -> str:
    end, length = minutes_of(closes), minutes_of(closes) - minutes_of(opens)
    return clock_text(end - DAY) if end > DAY and minutes_of(opens) < DAY and length <= NIGHT else closes
