"""The matrix of reasons as bubbles: area for contacts, a name beside each where it covers no other."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from metrics.numbers import decimal
from metrics.worth import Worth

WIDTH, HEIGHT, EDGE, BIGGEST = 760.0, 560.0, 20.0, 28.0
LETTER, LINE, AIR = 6.4, 15.0, 7.0
ROUND = 0.85  # a circle leaves the corners of its square to names
REACH = (WIDTH / 2 - EDGE - 50, HEIGHT / 2 - EDGE - 84)  # from the crossing to the outermost bubble
TITLES = ((20, 20, 260, 56), (500, 20, 740, 56), (20, 488, 260, 540), (500, 488, 740, 540))
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bubble:
    """Without `label` its name found no room: the title and the table still say it."""

    worth: Worth
    x: float
    y: float
    r: float
    label: str
    text_x: float = 0.0
    text_y: float = 0.0
    anchor: str = "start"

    @property
    def n(self) -> str:
        return decimal(self.worth.contacts.n, 0)


def bubbles(placed: Sequence[Worth]) -> list[Bubble]:
    """Right: worth it to the customer; up: worth it to the shop. Each half has its own scale."""
    xs = _places([one.customer for one in placed])
    ys = _places([one.shop for one in placed])
    most = max((one.contacts.n for one in placed), default=1)
    dots = [
        (one, WIDTH / 2 + x * REACH[0], HEIGHT / 2 - y * REACH[1], BIGGEST * math.sqrt(one.contacts.n / most))
        for one, x, y in zip(placed, xs, ys, strict=True)
    ]
    taken: list[Box] = [*TITLES, *((x - ROUND * r, y - ROUND * r, x + ROUND * r, y + ROUND * r) for _, x, y, r in dots)]
    return [_named(one, x, y, r, taken) for one, x, y, r in dots]


def _places(values: Sequence[float]) -> list[float]:
    """-1 to 1, the sign and the order kept: each half from its smallest value to its largest."""
    halves = {side: [abs(value) for value in values if value * side > 0] for side in (1, -1)}
    return [_place(value, halves[1 if value > 0 else -1]) if value else 0.0 for value in values]


def _place(value: float, half: Sequence[float]) -> float:
    low, high = min(half), max(half)
    share = (abs(value) - low) / (high - low) if high > low else 0.5
    return math.copysign(0.15 + 0.85 * share, value)


def _named(one: Worth, x: float, y: float, r: float, taken: list[Box]) -> Bubble:
    words = f"{one.reason.told_why} {decimal(one.contacts.n, 0)}"
    long = len(words) * LETTER
    for text_x, text_y, anchor in _rooms(x, y, r):
        left = text_x - long * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        box = (left, text_y - LINE / 2, left + long, text_y + LINE / 2)
        if left > EDGE and left + long < WIDTH - EDGE and not any(_meet(box, other) for other in taken):
            taken.append(box)
            return Bubble(one, x, y, r, one.reason.told_why, text_x, text_y + 4, anchor)
    return Bubble(one, x, y, r, "")


def _rooms(x: float, y: float, r: float) -> Iterator[tuple[float, float, str]]:
    """Where a name may stand, the best first: beside, below, above, then beside and some lines off."""
    yield from ((x + r + AIR, y, "start"), (x - r - AIR, y, "end"))
    yield from ((x, y + r + LINE / 2 + 2, "middle"), (x, y - r - LINE / 2 - 2, "middle"))
    for lines in (1, -1, 2, -2, 3, -3):
        down = lines * LINE
        yield from ((x + r + AIR, y + down, "start"), (x - r - AIR, y + down, "end"))
    yield from ((x, y + r + 1.5 * LINE + 2, "middle"), (x, y - r - 1.5 * LINE - 2, "middle"))


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
