"""What may be done with an order by its shopper, and doing it: under the shop's rules, through its store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import Order, OrderDeed, OrderRules
from customers.stores.base import Store
from customers.stores.local import BEFORE_IT_LEAVES
from customers.stores.registry import store_of
from helpdesk.lib.refused import Refused

UNPAID = ("cancelled", "canceled", "refunded", "voided")  # what came to nothing
STEPS = ("pending", "paid", "processing", "shipped", "delivered")
Kind = OrderDeed.Kind
LONGEST_ADDRESS, LONGEST_WHY = 500, 1000


class How(StrEnum):
    NOW = "now"  # done at once
    ASK = "ask"  # a person looks at it: a ticket
    NOT = "not"  # there is nothing to be done


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that a shopper may want to do with an order. `until`: the last day for a return."""

    kind: OrderDeed.Kind
    how: How
    until: date | None = None


def offers(order: Order) -> dict[str, Offer]:
    """By kind, under the shop's rules, as of now."""
    rules, possible = OrderRules.of(order.shop), store_of(order.shop).can(order)
    over = order.status in ("cancelled", "refunded", "returned")
    last = last_day_of_return(order, rules)
    in_time = last is not None and timezone.localdate() <= last
    unsent = order.status in BEFORE_IT_LEAVES
    allowed = {
        Kind.CANCEL: unsent and _before(order, rules.cancel_until),
        Kind.RETURN: in_time,
        Kind.CHANGE_ADDRESS: unsent and _before(order, rules.address_until),
    }
    pointless = {
        Kind.CANCEL: over or order.status == "delivered",
        Kind.RETURN: over or unsent or _all_returned(order),
        Kind.CHANGE_ADDRESS: over or order.status == "delivered",
    }
    return {
        kind.value: Offer(kind, _how(pointless[kind], kind in possible and allowed[kind]), last)
        for kind in (Kind.CHANGE_ADDRESS, Kind.RETURN, Kind.CANCEL)
    }


def last_day_of_return(order: Order, rules: OrderRules) -> date | None:
    """Counted from the delivery where the store tells it, else from the order; None where the shop takes none back."""
    start = reached(order, "delivered") or order.placed_at
    return timezone.localdate(start) + timedelta(days=rules.return_days) if rules.return_days else None


def reached(order: Order, step: str) -> datetime | None:
    """When the order came to a step, where the store has told."""
    told = order.extra.get("at", {}) if isinstance(order.extra, dict) else {}
    return parse_datetime(str(told.get(step, ""))) if isinstance(told, dict) else None


@transaction.atomic
def cancel(order: Order, *, user: User | None) -> OrderDeed:
    """Cancel it in the store. A shopper (user None) only under the rules; Refused (field "order") otherwise."""
    order, store, beyond = _begin(order, Kind.CANCEL, user)
    store.cancel(order)
    return _done(order, Kind.CANCEL, user, beyond, {})


@transaction.atomic
def take_back(order: Order, *, items: Sequence[str], why: str, user: User | None) -> OrderDeed:
    """Announce a return of items of the order, by name. Refused naming "items" for none or foreign ones."""
    order, store, beyond = _begin(order, Kind.RETURN, user)
    own = [str(item.get("name", "")) for item in order.items]
    if not items or not set(items) <= set(own):
        raise Refused("items", _("Choose what you send back."))
    reference = store.take_back(order, items=items, why=why)
    said = {"reference": reference, "items": list(items), "why": why.strip()[:LONGEST_WHY]}
    return _done(order, Kind.RETURN, user, beyond, said)


@transaction.atomic
def change_address(order: Order, *, address: str, user: User | None) -> OrderDeed:
    """Have it delivered elsewhere. Refused naming "address" when it is empty or too long."""
    address = "\n".join(line.strip() for line in address.replace("\0", "").splitlines() if line.strip())
    if not 10 <= len(address) <= LONGEST_ADDRESS:
        raise Refused("address", _("Write the whole address: name, street, postcode and town."))
    order, store, beyond = _begin(order, Kind.CHANGE_ADDRESS, user)
    store.change_address(order, address=address)
    return _done(order, Kind.CHANGE_ADDRESS, user, beyond, {"address": address})


def _begin(order: Order, kind: OrderDeed.Kind, user: User | None) -> tuple[Order, Store, bool]:
    """The locked order, its store, and whether this is more than shoppers may do."""
    order = Order.objects.select_for_update(of=("self",)).select_related("shop", "customer").get(pk=order.pk)
    beyond = offers(order)[kind].how != How.NOW
    if beyond and user is None:
        raise Refused("order", _("The order has moved on: this is no longer possible."))
    return order, store_of(order.shop), beyond


def _done(order: Order, kind: OrderDeed.Kind, user: User | None, beyond: bool, data: dict[str, Any]) -> OrderDeed:
    return OrderDeed.objects.create(order=order, kind=kind, user=user, beyond_rules=beyond, data=data)


def _how(pointless: bool, allowed: bool) -> How:
    if pointless:
        return How.NOT
    return How.NOW if allowed else How.ASK


def _before(order: Order, until: str) -> bool:
    """Whether the order has not gone past the step `until`; never for ""."""
    return bool(until) and order.status in STEPS and STEPS.index(order.status) <= STEPS.index(until)


def _all_returned(order: Order) -> bool:
    sent_back = {name for deed in order.deeds.filter(kind=Kind.RETURN) for name in deed.data.get("items", [])}
    return bool(order.items) and {str(item.get("name", "")) for item in order.items} <= sent_back
