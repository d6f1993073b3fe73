"""Which products make customers write: contacts about orders that hold them, per hundred such orders (S82, S98)."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import CharField, Count, Func

from customers.models import Order
from metrics.kpis.volume import opened_by_customers
from metrics.populations import Rows
from metrics.scope import Scope

LEAST = 3  # contacts below which a product is not listed: ours


class Items(Func):
    """One field of each item of an order: a row for each item, to be counted by."""

    set_returning = True
    output_field = CharField()
    template = "jsonb_array_elements(%(expressions)s) ->> '%(key)s'"


@dataclass(frozen=True, slots=True)
class Product:
    sku: str
    name: str
    contacts: int
    orders: int

    @property
    def ratio(self) -> float | None:
        return 100 * self.contacts / self.orders if self.orders else None


def products(scope: Scope) -> list[Product]:
    """Those with the most contacts first: two statements, however many products."""
    rows = opened_by_customers().counted(scope).filter(ticket__orders__isnull=False)
    contacts, names = _counted(rows, "ticket__orders__items")
    window = scope.window
    orders = Order.objects.filter(placed_at__gte=window.start, placed_at__lt=window.end)
    sold, _names = _counted(orders.filter(shop=scope.shop) if scope.shop else orders, "items")
    often = [(sku, n) for sku, n in contacts.items() if n >= LEAST]
    found = [Product(sku, names[sku], n, sold[sku]) for sku, n in often]
    return sorted(found, key=lambda one: (-one.contacts, one.name))


def _counted(rows: Rows, path: str) -> tuple[Counter[str], dict[str, str]]:
    """How many rows hold each product, and what it is called."""
    items = rows.order_by().annotate(sku=Items(path, key="sku"), called=Items(path, key="name"))
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    told = items.values("sku", "called").annotate(n=Count("pk", distinct=True))
    for sku, name, n in told.values_list("sku", "called", "n"):
        if sku:
            counts[sku] += n
            names[sku] = name or sku
    return counts, names
