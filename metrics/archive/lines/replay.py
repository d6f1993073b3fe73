"""What a ticket is now: its events, played from the first."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from tickets import states
from tickets.models import Event, EventKind, Priority, Ticket
from tickets.states import State


def replay(ticket: Ticket, events: Iterable[Event], now: datetime) -> None:
    """Set the ticket's fields from its events, in their order. What no event tells stays as it is.

    A snooze that ended before `now` is over: waking is for the living.
    """
    _begin(ticket)
    for event in events:
        step = STEPS.get(event.kind)
        if step:
            step(ticket, event, event.data)
        ticket.last_activity_at = max(ticket.last_activity_at, event.at)
    if ticket.snoozed_until and (ticket.snoozed_until <= now or ticket.is_done):
        ticket.snoozed_until = None


def _begin(ticket: Ticket) -> None:
    ticket.state = State.NEW
    ticket.solved_at = ticket.closed_at = ticket.deleted_at = ticket.snoozed_until = None
    ticket.spam = False
    ticket.last_activity_at = ticket.opened_at


def _state(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    old, to = State(ticket.state), State(data["to"])
    ticket.state = to
    if to == State.SOLVED:
        ticket.solved_at = event.at
    elif to == State.CLOSED:  # straight from an unsolved state it is no solve
        ticket.solved_at = ticket.solved_at if old in states.DONE else None
    else:
        ticket.solved_at = None
    ticket.closed_at = event.at if to == State.CLOSED else None


def _assigned(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    ticket.assignee_id = data["to"]
    ticket.assigned_at = event.at if data["to"] else None


def _team(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    ticket.team_id = data["to"]


def _priority(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    ticket.priority = Priority.from_key(data["to"])


def _spam(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    ticket.spam = event.kind == EventKind.SPAM


def _deleted(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    ticket.deleted_at = event.at if event.kind == EventKind.DELETED else None


def _snoozed(ticket: Ticket, event: Event, data: dict[str, Any]) -> None:
    until = data.get("until") if event.kind == EventKind.SNOOZED else None
    ticket.snoozed_until = parse_datetime(until) if until else None


STEPS: dict[str, Callable[[Ticket, Event, dict[str, Any]], None]] = {
    EventKind.STATE: _state,
    EventKind.ASSIGNED: _assigned,
    EventKind.TEAM: _team,
    EventKind.PRIORITY: _priority,
    EventKind.SPAM: _spam,
    EventKind.UNSPAM: _spam,
    EventKind.DELETED: _deleted,
    EventKind.RESTORED: _deleted,
    EventKind.SNOOZED: _snoozed,
    EventKind.WOKEN: _snoozed,
}
