"""Out of sight until a time comes, the customer writes or an order moves."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Order
from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket

OVER = ("cancelled", "refunded", "returned")
ARRIVED = {"shipped": ("shipped", "delivered", *OVER), "delivered": ("delivered", *OVER)}  # statuses that end a wait


@transaction.atomic
def snooze(ticket: Ticket, *, until: datetime, by: Actor, wakes_on: str = "", version: int | None = None) -> Ticket:
    """Put the ticket aside until then, or until its order comes as far as `wakes_on` ("shipped", "delivered"). Refused
    for the past and for what no order can bring any more."""
    if until <= timezone.now():
        raise Refused("until", _("Choose a time to come."))
    ticket = locked(ticket, version=version)
    if (ticket.snoozed_until, ticket.wakes_on) == (until, wakes_on):
        return ticket
    if wakes_on:
        _await_order(ticket, wakes_on)
    before: dict[str, Any] = {}
    if ticket.snoozed_until:
        before = {"old": ticket.snoozed_until.isoformat(), "old_wakes_on": ticket.wakes_on}
    ticket.snoozed_until, ticket.wakes_on = until, wakes_on
    touch(ticket, "snoozed_until", "wakes_on")
    record(ticket, EventKind.SNOOZED, by=by, until=until.isoformat(), wakes_on=wakes_on, **before)
    return ticket


@transaction.atomic
def wake_up(ticket: Ticket, *, by: Actor, why: str) -> Ticket:
    """End a snooze; nothing when there is none. `why`: "time", "customer", "third", or the order's event."""
    ticket = locked(ticket)
    if ticket.snoozed_until is None:
        return ticket
    ticket.snoozed_until, ticket.wakes_on = None, ""
    touch(ticket, "snoozed_until", "wakes_on")
    record(ticket, EventKind.WOKEN, by=by, why=why)
    return ticket


def order_arrived() -> Q:
    """Of tickets: those that wait for no order any more."""
    orders = Ticket.orders.through.objects.filter(ticket=OuterRef("pk"))
    shipped, delivered = (Exists(orders.exclude(order__status__in=statuses)) for statuses in ARRIVED.values())
    return Q(snoozed_until__isnull=False) & (Q(wakes_on="shipped") & ~shipped | Q(wakes_on="delivered") & ~delivered)


def _await_order(ticket: Ticket, step: str) -> None:
    """A ticket that is about no order yet is about the customer's newest one."""
    if not ticket.orders.exists():
        newest = Order.objects.filter(customer=ticket.customer, shop=ticket.shop).first()
        if newest is None:
            raise Refused("wakes_on", _("This customer has no order to wait for."))
        ticket.orders.add(newest)
    if not ticket.orders.exclude(status__in=ARRIVED[step]).exists():
        raise Refused("wakes_on", _("The order is already that far: there is nothing to wait for."))
