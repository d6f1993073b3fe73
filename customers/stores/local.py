"""Orders that live here: the demo's, an archive's, those that the API brought. Their status says how far they are.

`Order.extra` holds what the row has no column for: {"address": "…", "at": {"shipped": ISO 8601, …}}.
"""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop
from customers.models import Order, OrderDeed
from helpdesk.lib.refused import Refused

BEFORE_IT_LEAVES = ("pending", "paid", "processing")
AFTER_IT_LEFT = ("shipped", "delivered")
Kind = OrderDeed.Kind


class LocalStore:
    """An order whose status is none of the usual words cannot be changed: nobody knows how far it is."""

    def find(self, shop: Shop, number: str) -> Order | None:
        plain = number.strip().removeprefix("#")
        return Order.objects.filter(shop=shop, number__iexact=plain).select_related("customer").first()

    def can(self, order: Order) -> frozenset[OrderDeed.Kind]:
        if order.status in BEFORE_IT_LEAVES:
            return frozenset({Kind.CANCEL, Kind.CHANGE_ADDRESS})
        return frozenset({Kind.RETURN}) if order.status in AFTER_IT_LEFT else frozenset()

    def cancel(self, order: Order) -> None:
        self._check(order, Kind.CANCEL)
        order.status = "cancelled"
        order.extra["at"] = order.extra.get("at", {}) | {"cancelled": timezone.now().isoformat()}
        order.save(update_fields=["status", "extra"])

    def take_back(self, order: Order, *, items: Sequence[str], why: str) -> str:
        self._check(order, Kind.RETURN)
        return f"{order.number}-R{order.deeds.filter(kind=Kind.RETURN).count() + 1}"

    def change_address(self, order: Order, *, address: str) -> None:
        self._check(order, Kind.CHANGE_ADDRESS)
        order.extra["address"] = address
        order.save(update_fields=["extra"])

    def _check(self, order: Order, kind: OrderDeed.Kind) -> None:
        if kind not in self.can(order):
            raise Refused("order", _("The order has moved on: this is no longer possible."))
