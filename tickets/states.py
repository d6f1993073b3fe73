"""The states of a ticket and every step between them. Only actions.state.change_state assigns one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for the customer")
    ON_HOLD = "on_hold", _("On hold")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")


LIVE = frozenset({State.NEW, State.OPEN, State.PENDING, State.ON_HOLD})
DONE = frozenset({State.SOLVED, State.CLOSED})

# Nothing becomes new again; a closed ticket stays closed: a later message opens a new one that follows it.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.OPEN, State.PENDING, State.ON_HOLD, State.SOLVED, State.CLOSED}),
    State.OPEN: frozenset({State.PENDING, State.ON_HOLD, State.SOLVED, State.CLOSED}),
    State.PENDING: frozenset({State.OPEN, State.ON_HOLD, State.SOLVED, State.CLOSED}),
    State.ON_HOLD: frozenset({State.OPEN, State.PENDING, State.SOLVED, State.CLOSED}),
    State.SOLVED: frozenset({State.OPEN, State.PENDING, State.ON_HOLD, State.CLOSED}),
    State.CLOSED: frozenset(),
}


class RefusedTransition(Exception):
    """A step that TRANSITIONS does not know."""

    def __init__(self, old: State, new: State) -> None:
        super().__init__(f"A ticket that is {old.value} cannot become {new.value}.")
        self.old, self.new = old, new


def check(old: State, new: State) -> None:
    if new not in TRANSITIONS[old]:
        raise RefusedTransition(old, new)
