"""Out of sight until a time comes, the customer writes or an order moves."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket


@transaction.atomic
def snooze(ticket: Ticket, *, until: datetime, by: Actor, wakes_on: str = "", version: int | None = None) -> Ticket:
    """Put the ticket aside until then. `wakes_on`: an order's event that ends it sooner. Refused for the past."""
    if until <= timezone.now():
        raise Refused("until", _("Choose a time to come."))
    ticket = locked(ticket, version=version)
    if (ticket.snoozed_until, ticket.wakes_on) == (until, wakes_on):
        return ticket
    ticket.snoozed_until, ticket.wakes_on = until, wakes_on
    touch(ticket, "snoozed_until", "wakes_on")
    record(ticket, EventKind.SNOOZED, by=by, until=until.isoformat(), wakes_on=wakes_on)
    return ticket


@transaction.atomic
def wake_up(ticket: Ticket, *, by: Actor, why: str) -> Ticket:
    """End a snooze; nothing when there is none. `why`: "time", "customer", or the order's event."""
    ticket = locked(ticket)
    if ticket.snoozed_until is None:
        return ticket
    ticket.snoozed_until, ticket.wakes_on = None, ""
    touch(ticket, "snoozed_until", "wakes_on")
    record(ticket, EventKind.WOKEN, by=by, why=why)
    return ticket
