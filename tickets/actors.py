"""Who does something to a ticket: written on every event."""

from dataclasses import dataclass

from accounts.models import User
from tickets.models.event import Event


@dataclass(frozen=True, slots=True)
class Actor:
    kind: Event.Actor
    user: User | None = None
    depth: int = 0  # how many rules stand behind this act

    @classmethod
    def agent(cls, user: User) -> "Actor":
        return cls(Event.Actor.AGENT, user)

    @classmethod
    def rule(cls, depth: int) -> "Actor":
        return cls(Event.Actor.RULE, depth=depth)


CUSTOMER = Actor(Event.Actor.CUSTOMER)
SYSTEM = Actor(Event.Actor.SYSTEM)
