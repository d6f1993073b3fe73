"""The live conversations of the demo inbox: what an agent finds on opening Comptoir."""

from dataclasses import dataclass

from tickets.demo.people import Person
from tickets.demo.story import Turn
from tickets.states import State


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order: article numbers, how many days ago, and its number when a text names it."""

    skus: tuple[str, ...]
    days: float
    status: str = "delivered"
    number: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """One live ticket. `due`: open minutes from now to its deadline, negative = late; None = it is not our turn.

    When it is not our turn, the last message was said `ago` hours before now.
    """

    who: Person
    subject: str
    turns: tuple[Turn, ...]
    due: int | None = None
    ago: float = 4.0
    kind: str = "email"
    state: State = State.NEW
    assignee: str = ""
    team: str = ""
    reason: str = ""
    orders: tuple[Purchase, ...] = ()
    tags: tuple[str, ...] = ()
    priority: int = 2
