"""The words of a conversation before it has people, dates and orders.

Texts are str.format templates. Everywhere: {first} {name} {city} {order} {total} {price} {tracking} {carrier}
{placed} {shipped} {delivered} {eta} {code} {product} {sku}. In French the article comes with the product: {le} {Le}
{du} {un} {mon} {ce}; {e} agrees with the product, {f} with the customer. In English: {the}.
"""

from dataclasses import dataclass
from enum import StrEnum

from tickets.states import State


class Voice(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"
    ROBOT = "robot"  # an automatic answer from the customer's mailbox


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `after`: hours since the one before, None = as long as it usually takes."""

    voice: Voice
    text: str
    after: float | None = None
    then: State | None = None
    quotes: bool = False  # with the previous message quoted below, as mail programs do
    files: tuple[str, ...] = ()
    fails: str = ""  # why the mail came back
    by: str = ""  # first name of the colleague, when not the ticket's own


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation that happens to several customers. `openings` and `subjects` go in pairs."""

    language: str
    reason: str
    team: str
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    turns: tuple[Turn, ...]
    goods: str = ""  # kinds of product it can be about, "" = any
    status: str = "delivered"  # of the order; "" = no order yet
    tags: tuple[str, ...] = ()
    priority: int = 2
    files: tuple[str, ...] = ()


def says(text: str, after: float | None = None, *, quotes: bool = False, files: tuple[str, ...] = ()) -> Turn:
    return Turn(Voice.CUSTOMER, text, after, quotes=quotes, files=files)


def answers(text: str, after: float | None = None, *, then: State | None = None, fails: str = "", by: str = "") -> Turn:
    return Turn(Voice.AGENT, text, after, then=then, fails=fails, by=by)


def notes(text: str, after: float | None = None, *, by: str = "") -> Turn:
    return Turn(Voice.NOTE, text, after, by=by)


def robot(text: str, after: float | None = None) -> Turn:
    return Turn(Voice.ROBOT, text, after)
