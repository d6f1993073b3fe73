"""What is done with an order, by its shopper or by a colleague: told on every open conversation about it."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app import outbox
from channels_app.base import Address
from channels_app.models import Channel, ChannelKind
from customers import orders
from customers.models import Order, OrderDeed
from faq.models import SelfServiceEntry
from tickets.actions.conversation import open_ticket, receive_message
from tickets.actions.locking import locked, touch
from tickets.actions.snooze import wake_up
from tickets.actors import CUSTOMER, Actor
from tickets.events import record
from tickets.letters import NO_TICKET
from tickets.models import EventKind, Ticket

Entry = SelfServiceEntry.Kind
SETTLED = {
    OrderDeed.Kind.CANCEL: Entry.ORDER_CANCELLED,
    OrderDeed.Kind.RETURN: Entry.RETURN_REQUESTED,
    OrderDeed.Kind.CHANGE_ADDRESS: Entry.ADDRESS_CHANGED,
}


@transaction.atomic
def cancel_order(order: Order, *, by: Actor, ticket: Ticket | None = None) -> OrderDeed:
    """Cancel an order in its store. `ticket`: the one that a colleague works on. Refused as in customers.orders."""
    return _told(orders.cancel(order, user=by.user), by, ticket)


@transaction.atomic
def return_order(order: Order, *, items: Sequence[str], why: str, by: Actor, ticket: Ticket | None = None) -> OrderDeed:
    """Announce a return of some of its items. Refused as in customers.orders."""
    return _told(orders.take_back(order, items=items, why=why, user=by.user), by, ticket)


@transaction.atomic
def change_order_address(order: Order, *, address: str, by: Actor, ticket: Ticket | None = None) -> OrderDeed:
    """Have an order delivered elsewhere. Refused as in customers.orders."""
    return _told(orders.change_address(order, address=address, user=by.user), by, ticket)


@transaction.atomic
def ask_about_order(
    order: Order, *, subject: str, text: str, channel: Channel, language: str, submission: uuid.UUID
) -> Ticket:
    """A shopper wants what only a person can do: a ticket in their words, about this order. Once per submission."""
    if twin := Ticket.objects.filter(submission=submission).first():
        return twin
    ticket = open_ticket(
        shop=order.shop, customer=order.customer, subject=subject, channel=channel,
        channel_kind=ChannelKind.FORM, by=CUSTOMER, language=language, submission=submission,
    )  # fmt: skip
    ticket.orders.add(order)
    receive_message(
        ticket, customer=order.customer, text=text, at=timezone.now(), channel=channel, channel_kind=ChannelKind.FORM,
        subject=subject, from_name=order.customer.name, from_address=order.customer.email,
    )  # fmt: skip
    return Ticket.objects.get(pk=ticket.pk)


def note_tracked(order: Order) -> None:
    """One self-service entry per order and day: a shopper who looks five times asked one question."""
    _settled(order.shop, Entry.ORDER_TRACKED, order, key=f"track:{order.pk}:{timezone.localdate()}")


def _told(deed: OrderDeed, by: Actor, ticket: Ticket | None) -> OrderDeed:
    """The events of a deed, and a shopper's self-service entry."""
    order = deed.order
    if ticket is not None:
        ticket.orders.add(order)
    concerned = order.tickets.filter(is_live=True, deleted_at=None, merged_into=None).order_by("pk")
    for one in map(locked, concerned):
        touch(one)
        record(one, EventKind.ORDER, by=by, deed=deed.kind, number=order.number, beyond_rules=deed.beyond_rules)
        if one.wakes_on and by.user is None:
            wake_up(one, by=by, why=deed.kind)
    if by.user is None:
        _confirm(order, deed)
        _settled(order.shop, SETTLED[OrderDeed.Kind(deed.kind)], order, key=f"order-deed:{deed.pk}")
    return deed


def _confirm(order: Order, deed: OrderDeed) -> None:
    """A letter to the customer, who may not be the one who did it; none without a mailbox or an address."""
    mailbox = order.shop.channels.filter(kind="email", enabled=True).order_by("pk").first()
    if mailbox is None or not order.customer.email:
        return
    with translation.override(order.shop.language_for(order.customer.language)):
        context = {"shop": order.shop, "customer": order.customer, "order": order, "deed": deed}
        outbox.queue(
            mailbox,
            thread=NO_TICKET,
            sender_name=order.shop.name,
            to=[Address(order.customer.email, order.customer.name)],
            subject=_("Your order %(number)s") % {"number": order.number},
            text=render_to_string("emails/order_deed.txt", context).strip() + "\n",
            automatic=True,
        )


def _settled(shop: Shop, kind: SelfServiceEntry.Kind, order: Order, *, key: str) -> None:
    values = {"shop": shop, "kind": kind, "customer_id": order.customer_id, "confirmed": True}
    SelfServiceEntry.objects.get_or_create(key=key, defaults=values)
