"""What a shopper has proven without an account, as a signed and expiring token: that they know one order, or that the
mailbox of its customer is theirs.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Shop
from customers.models import Customer, Order

SALT = "customers.pass"
VISIT = timedelta(hours=2)
LETTER = timedelta(days=60)  # of a link in a letter


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a pass lets in. `order` is None for somebody who has proven the mailbox: they see all of theirs."""

    customer: Customer
    order: Order | None
    orders: QuerySet[Order]
    proven: bool  # the mailbox is theirs


def for_order(order: Order, *, proven: bool = False, lasts: timedelta = VISIT) -> str:
    """A pass to one order."""
    return _signed({"order": order.pk, "proven": proven}, lasts)


def for_customer(customer: Customer, *, lasts: timedelta = VISIT) -> str:
    """A pass to every order of a customer who has proven their mailbox."""
    return _signed({"customer": customer.pk, "proven": True}, lasts)


def bearer_of(shop: Shop, token: str) -> Bearer | None:
    """Whom this pass lets into this shop's orders; None for a forged, foreign or expired one."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    if said["until"] < timezone.now().timestamp():
        return None
    orders = Order.objects.filter(shop=shop)
    if "customer" in said:
        customer = Customer.objects.filter(pk=said["customer"]).first()
        return Bearer(customer, None, orders.filter(customer=customer), proven=True) if customer else None
    order = orders.filter(pk=said["order"]).select_related("customer", "shop").first()
    return Bearer(order.customer, order, orders.filter(pk=order.pk), said["proven"]) if order else None


def _signed(said: dict[str, object], lasts: timedelta) -> str:
    return signing.dumps(said | {"until": int((timezone.now() + lasts).timestamp())}, salt=SALT, compress=True)
