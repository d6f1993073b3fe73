"""The steps between states; change_state is the only place that assigns one."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from tickets import states
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket
from tickets.states import State


@transaction.atomic
def change_state(
    ticket: Ticket, to: State, *, by: Actor, at: datetime | None = None, version: int | None = None
) -> Ticket:
    """Take one step. The same state again changes nothing; a step not in TRANSITIONS raises RefusedTransition."""
    ticket = locked(ticket, version=version)
    old = State(ticket.state)
    if to == old:
        return ticket
    states.check(old, to)
    at = at or timezone.now()
    ticket.state = to
    ticket.solved_at = (ticket.solved_at or at if to == State.CLOSED else at) if to in states.DONE else None
    if to == State.CLOSED and old != State.SOLVED:
        ticket.solved_at = None  # a close straight from an unsolved state is no solve
    ticket.closed_at = at if to == State.CLOSED else None
    fields = ["state", "solved_at", "closed_at"]
    if to in states.DONE and ticket.waiting_since:
        ticket.waiting_since = ticket.due_at = None  # a solve without a reply ends the wait knowingly
        fields += ["waiting_since", "due_at"]
    touch(ticket, *fields, at=at)
    record(ticket, EventKind.STATE, by=by, at=at, old=old, to=to)
    return ticket


solve = partial(change_state, to=State.SOLVED)
reopen = partial(change_state, to=State.OPEN)
hold = partial(change_state, to=State.ON_HOLD)
wait_for_customer = partial(change_state, to=State.PENDING)
close = partial(change_state, to=State.CLOSED)
