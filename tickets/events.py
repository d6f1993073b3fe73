"""Writing the timeline. Every action ends here, in its own transaction."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.lib import live
from helpdesk.lib.request_id import current_request_id
from tickets.actors import Actor
from tickets.models import Event, EventKind, Message, Ticket
from tickets.signals import event_recorded


def record(
    ticket: Ticket,
    kind: EventKind,
    *,
    by: Actor,
    at: datetime | None = None,
    message: Message | None = None,
    **data: Any,
) -> Event:
    """Append one event and, after commit, tell rules, figures and open pages. Call inside the action's transaction."""
    event = unsaved(ticket, kind, by=by, at=at, message=message, **data)
    event.save()
    _announce(event)
    return event


def unsaved(
    ticket: Ticket,
    kind: EventKind,
    *,
    by: Actor,
    at: datetime | None = None,
    message: Message | None = None,
    **data: Any,
) -> Event:
    """An event for `record_all`."""
    return Event(
        ticket=ticket,
        kind=kind,
        at=at or timezone.now(),
        actor=by.kind,
        user=by.user,
        message=message,
        data=data,
        depth=by.depth,
        request_id=current_request_id(),
    )


def record_all(events: Sequence[Event]) -> None:
    """Append the events of many tickets in one statement; each is told as `record` tells it."""
    Event.objects.bulk_create(events)
    for event in events:
        _announce(event)


def _announce(event: Event) -> None:
    ticket = event.ticket
    transaction.on_commit(partial(event_recorded.send, sender=Event, event=event))
    transaction.on_commit(partial(live.publish, topics(ticket), "ticket", ticket.pk, ticket.version))


def topics(ticket: Ticket) -> list[str]:
    """The live topics on which a change of this ticket is told: exactly those whose readers may see the ticket."""
    told = ["all", f"team:{ticket.team_id}" if ticket.team_id else "tray", f"ticket:{ticket.pk}"]
    return [*told, f"user:{ticket.assignee_id}"] if ticket.assignee_id else told
