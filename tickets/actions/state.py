"""The steps between states; change_state is the only place that assigns one."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from tickets import deadlines, states
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Message, Ticket
from tickets.solving import check_solvable
from tickets.states import State


@transaction.atomic
def change_state(
    ticket: Ticket,
    to: State,
    *,
    by: Actor,
    at: datetime | None = None,
    version: int | None = None,
    message: Message | None = None,
) -> Ticket:
    """Take one step. The same state again changes nothing; a step not in TRANSITIONS raises RefusedTransition.

    `message`: the reply that takes the step along; when it is taken back, so is the step.
    """
    ticket = locked(ticket, version=version)
    old = State(ticket.state)
    if to == old:
        return ticket
    states.check(old, to)
    if to == State.SOLVED and by.user:
        check_solvable(ticket)
    at = at or timezone.now()
    _assume(ticket, to, at)
    record(ticket, EventKind.STATE, by=by, at=at, message=message, old=old, to=to)
    if message is None:
        deadlines.settle(ticket)  # after a reply, whoever replies does
    return ticket


@transaction.atomic
def step_back(message: Message, *, by: Actor) -> None:
    """Undo the step that this reply had taken along, unless somebody has changed the state since.

    The event says `taken_back`: together with the one that it undoes, it counts for nothing.
    """
    step = message.events.filter(kind=EventKind.STATE).order_by("pk").last()
    ticket = locked(message.ticket)
    if step is None or ticket.state != step.data["to"]:
        return
    old = State(step.data["old"])
    since = ticket.events.filter(kind=EventKind.STATE, data__to=old, pk__lt=step.pk).order_by("pk").last()
    _assume(ticket, old, since.at if since else ticket.opened_at)
    record(ticket, EventKind.STATE, by=by, old=step.data["to"], to=old, taken_back=True)


def _assume(ticket: Ticket, to: State, at: datetime) -> None:
    old = State(ticket.state)
    ticket.state = to
    ticket.solved_at = (ticket.solved_at or at if to == State.CLOSED else at) if to in states.DONE else None
    if to == State.CLOSED and old != State.SOLVED:
        ticket.solved_at = None  # a close straight from an unsolved state is no solve
    ticket.closed_at = at if to == State.CLOSED else None
    touch(ticket, "state", "solved_at", "closed_at", at=at)


solve = partial(change_state, to=State.SOLVED)
reopen = partial(change_state, to=State.OPEN)
hold = partial(change_state, to=State.ON_HOLD)
wait_for_customer = partial(change_state, to=State.PENDING)
close = partial(change_state, to=State.CLOSED)
