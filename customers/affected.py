"""Which orders a known problem concerns: by where they stand, when they were placed and what is in them (S14)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from accounts.models import Shop
from customers.models import Order


@dataclass(frozen=True, slots=True)
class Affected:
    """`since` and `until` are days of the shop's clock, both included; `product` is an item's SKU or whole name."""

    statuses: tuple[str, ...]
    since: date
    until: date | None = None
    product: str = ""

    def orders(self, shop: Shop) -> QuerySet[Order]:
        zone = ZoneInfo(shop.timezone)
        rows = Order.objects.filter(
            shop=shop, status__in=self.statuses, placed_at__gte=datetime.combine(self.since, time.min, zone)
        )
        if self.until:
            end = datetime.combine(self.until + timedelta(days=1), time.min, zone)
            rows = rows.filter(placed_at__lt=end)
        if self.product:
            sold = Q(items__contains=[{"sku": self.product}]) | Q(items__contains=[{"name": self.product}])
            rows = rows.filter(sold)
        return rows
