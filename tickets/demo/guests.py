"""Customers and orders of the demo, gathered first and written at once."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.identify import normalise_email
from customers.models import Customer, Identity, Order
from customers.orders import STEPS
from tickets.demo.catalogue import PRODUCTS
from tickets.demo.house import House
from tickets.demo.live import Purchase
from tickets.demo.people import Person

NEWEST_NUMBER = 20658  # one order an hour: ML-20418 was placed ten days ago
FREE_DELIVERY, DELIVERY = Decimal(80), Decimal("5.90")
CARRIERS = {
    "Indian/Reunion": ("Colissimo Outre-mer", "6A18"),
    "Europe/London": ("Parcelhop", "PH77"),
    "Europe/Dublin": ("Parcelhop", "PH77"),
    "America/New_York": ("Parcelhop", "PH90"),
}
HOME_CARRIER = ("Colissimo", "6A18")
NOT_TRACKED = {"processing", "cancelled"}
SCANS = {
    "fr": {"shipped": "Remis au transporteur par notre atelier", "delivered": "Livré à l’adresse indiquée"},
    "en": {"shipped": "Handed to the carrier by our workshop", "delivered": "Delivered to the address given"},
}


class Guests:
    """Everyone who writes and what they bought; `customer` and `order` hand out rows that `save` writes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.customers: dict[str, Customer] = {}
        self.identities: list[Identity] = []
        self.known: set[tuple[Identity.Kind, str]] = set()
        self.orders: dict[str, Order] = {}

    def customer(self, person: Person, *, since: datetime) -> Customer:
        """The row of this person, a customer before `since`."""
        known = self.customers.get(person.email)
        if known is not None:
            known.created_at = min(known.created_at, since)
            return known
        customer = Customer(
            name=person.name,
            language=person.language,
            postcode=person.town[1],
            timezone=person.town[2],
            vip=person.vip,
            notes=person.notes,
            created_at=min(since, self.house.now - timedelta(days=365 * person.years)),
        )
        self.customers[person.email] = customer
        self._identify(customer, Identity.Kind.EMAIL, normalise_email(person.email))
        if person.phone:
            self._identify(customer, Identity.Kind.PHONE, person.phone)
        for kind, value in person.handles:
            self._identify(customer, Identity.Kind(kind), value)
        return customer

    def order(self, customer: Customer, person: Person, purchase: Purchase) -> Order:
        """One order of this customer; its number grows with the time at which it was placed."""
        placed_at = self.house.now - timedelta(days=purchase.days)
        customer.created_at = min(customer.created_at, placed_at - timedelta(minutes=6))
        number = purchase.number or self._number(placed_at)
        products = [PRODUCTS[sku] for sku in dict.fromkeys(purchase.skus)]
        goods = sum((PRODUCTS[sku].price for sku in purchase.skus), Decimal(0))
        order = Order(
            shop=self.house.shop,
            customer=customer,
            number=number,
            placed_at=placed_at,
            status=purchase.status,
            total=goods + (DELIVERY if goods < FREE_DELIVERY else 0),
            currency="EUR",
            items=[
                {
                    "sku": product.sku,
                    "name": product.french[:1].upper() + product.french[1:],
                    "quantity": purchase.skus.count(product.sku),
                    "price": str(product.price),
                }
                for product in products
            ],
            tracking={} if purchase.status in NOT_TRACKED else tracking(number, person),
            extra={"at": steps(purchase.status, placed_at, self.house.now)},
        )
        if order.tracking:
            order.tracking["scans"] = scans(order.extra["at"], person)
        self.orders[number] = order
        return order

    def save(self) -> None:
        Customer.objects.bulk_create(self.customers.values())
        Identity.objects.bulk_create(self.identities)
        Order.objects.bulk_create(self.orders.values())

    def _identify(self, customer: Customer, kind: Identity.Kind, value: str) -> None:
        verified = kind in (Identity.Kind.EMAIL, Identity.Kind.PHONE)
        if (kind, value) in self.known:  # chance gave two people one phone number: the first keeps it
            return
        self.known.add((kind, value))
        self.identities.append(Identity(customer=customer, kind=kind, value=value, verified=verified))

    def _number(self, placed_at: datetime) -> str:
        number = NEWEST_NUMBER - round((self.house.now - placed_at).total_seconds() / 3600)
        while f"ML-{number}" in self.orders or f"ML-{number}" in RESERVED:
            number -= 1
        return f"ML-{number}"


RESERVED = {"ML-20418", "ML-19873", "ML-20402", "ML-20391", "ML-20477", "ML-20544"}  # named in the live texts


def steps(status: str, placed_at: datetime, now: datetime) -> dict[str, str]:
    """When an order came to each step so far: hours for a fresh one, three days at most."""
    age = now - placed_at
    usual = {"processing": timedelta(hours=6), "shipped": timedelta(hours=20), "delivered": timedelta(hours=66)}
    so_far = STEPS[: STEPS.index(status) + 1] if status in STEPS else ()
    spent = {step: min(usual[step], age * (n + 1) / 4) for n, step in enumerate(usual) if step in so_far}
    return {step: (placed_at + time).isoformat() for step, time in spent.items()}


def scans(at: dict[str, str], person: Person) -> list[dict[str, str]]:
    """What the carrier says, in the customer's language."""
    said = SCANS["fr" if person.language == "fr" else "en"]
    return [{"at": at[step], "text": said[step]} for step in ("shipped", "delivered") if step in at]


def tracking(number: str, person: Person) -> dict[str, Any]:
    """A parcel's number, its carrier and the page that follows it."""
    carrier, prefix = CARRIERS.get(person.town[2], HOME_CARRIER)
    digits = "824410973" if number == "ML-20418" else f"{int(number[3:]) * 48271 % 10**9:09d}"
    parcel = prefix + digits
    return {"carrier": carrier, "number": parcel, "url": f"https://suivi.transport.example/{parcel}"}
