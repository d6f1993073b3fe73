"""The states of a ticket and every step between them. Only actions.state.change_state assigns one."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.lib.refused import Refused


class State(models.TextChoices):
    NEW = "new", gettext_lazy("New")
    OPEN = "open", gettext_lazy("Open")
    PENDING = "pending", gettext_lazy("Waiting for the customer")
    ON_HOLD = "on_hold", gettext_lazy("On hold")
    SOLVED = "solved", gettext_lazy("Solved")
    CLOSED = "closed", gettext_lazy("Closed")


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


class RefusedTransition(Refused):
    """A step that TRANSITIONS does not know."""

    def __init__(self, old: State, new: State) -> None:
        words = _("A ticket that is “%(old)s” cannot become “%(new)s”.") % {"old": old.label, "new": new.label}
        super().__init__("state", words)
        self.old, self.new = old, new


def check(old: State, new: State) -> None:
    if new not in TRANSITIONS[old]:
        raise RefusedTransition(old, new)
