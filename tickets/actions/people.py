"""What is changed about the customer while a ticket is worked on: the ticket's timeline tells of it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from customers import actions as customer_actions
from customers import merge
from customers.models import Customer
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket


@transaction.atomic
def edit_customer(ticket: Ticket, *, by: Actor, values: Mapping[str, Any]) -> Customer:
    """Change what we know of the ticket's customer. Refused as in customers.actions."""
    customer, changed = customer_actions.edit_customer(ticket.customer, values)
    if changed:
        ticket = locked(ticket)
        touch(ticket)
        record(ticket, EventKind.CUSTOMER, by=by, fields=changed)
    return customer


@transaction.atomic
def merge_customer(ticket: Ticket, *, other: Customer, by: Actor) -> Ticket:
    """The `other` customer is the one of this ticket: all of theirs joins them. Refused as in customers.merge."""
    merge.merge(other, into=ticket.customer)
    ticket = locked(ticket)
    touch(ticket)
    record(ticket, EventKind.CUSTOMER, by=by, merged=other.display_name, customer=other.pk)
    return ticket


@transaction.atomic
def unmerge_customer(ticket: Ticket, *, other: Customer, by: Actor) -> Ticket:
    """Take a customer out of the one of this ticket again. Refused when they were not merged."""
    merge.unmerge(other)
    ticket = locked(ticket)
    touch(ticket)
    record(ticket, EventKind.CUSTOMER, by=by, unmerged=other.display_name, customer=other.pk)
    return ticket
