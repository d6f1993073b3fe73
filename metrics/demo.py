"""What gives the demo's figures a shop around them: who buys without a word or after advice, a fix, and wishes."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import Role, Shop, User
from customers.models import Customer, Order
from metrics import alerts, audit, goals, reports
from metrics.models import FigureSettings, Goal, Report
from metrics.refresh import catch_up
from tickets.demo.catalogue import PRODUCTS, Product
from tickets.demo.people import ENGLISH_NAMES, ENGLISH_WOMEN, FRENCH_NAMES, FRENCH_WOMEN
from tickets.models import Problem, Reason, Ticket

SEED = 20261122
NIGHTS = 14
DAYS, QUIET = 90, 420  # days of orders; customers who never write
BUSY = range(8, 23)  # the hours of the day in which people order
ADVISED = ("availability", "technical", "product-advice", "origin", "promo-refused", "payment-error", "care-advice")
FIXED, FIXED_DAYS_AGO = "return-size", 40
CHANNELS = ["email", "form", "chat", "whatsapp", "phone"]
Row = tuple[datetime, Customer, str]


@transaction.atomic
def seed(now: datetime) -> int:
    """Orders of customers who write or never do, and a problem whose cause is gone. Returns how many orders."""
    shop = Shop.objects.filter(key="main").first()
    if shop is None or Order.objects.filter(number__startswith="ML-4").exists():
        return 0
    rng = random.Random(SEED)  # noqa: S311  (a story, not a secret)
    rows = sorted([*_quiet(now, rng), *_advised(now, rng)], key=lambda row: row[0])
    orders = [_order(shop, n, row, rng) for n, row in enumerate(rows)]
    Order.objects.bulk_create(orders, batch_size=1000)
    _fix(shop, now)
    _wishes(shop)
    _nights(shop, now)
    return len(orders)


def _nights(shop: Shop, now: datetime) -> None:
    """What the nights of the last weeks would have done: judge each day by those before it, and check the figures."""
    catch_up()
    today = now.astimezone(ZoneInfo(shop.timezone)).date()
    for ago in range(NIGHTS, 0, -1):
        alerts.judge(shop, today - timedelta(days=ago))
    audit.check()


def _quiet(now: datetime, rng: random.Random) -> Iterator[Row]:
    """An order in every busy hour, of people of whom the desk never hears."""
    people = [_person(now, rng) for _n in range(QUIET)]
    Customer.objects.bulk_create(people)
    for hour in range(24 * DAYS):
        at = now - timedelta(hours=hour, minutes=rng.randrange(60))
        if at.hour in BUSY:
            yield at, rng.choice(people), "delivered" if at < now - timedelta(days=6) else "shipped"


def _advised(now: datetime, rng: random.Random) -> Iterator[Row]:
    """Half of those who asked before they bought buy within two days."""
    asked = Ticket.objects.filter(reason__key__in=ADVISED, opened_by_customer=True).select_related("customer")
    for ticket in asked.order_by("pk"):
        at = ticket.opened_at + timedelta(hours=rng.uniform(3, 46))
        if rng.random() < 0.5 and at < now:
            yield at, ticket.customer, "delivered" if at < now - timedelta(days=6) else "processing"


def _order(shop: Shop, n: int, row: Row, rng: random.Random) -> Order:
    at, customer, status = row
    products = rng.sample(list(PRODUCTS.values()), k=1 + (rng.random() < 0.3))
    return Order(
        shop=shop, customer=customer, number=f"ML-4{n:04}", placed_at=at, status=status, currency=shop.currency,
        total=sum((one.price for one in products), Decimal(0)), items=[_item(one) for one in products],
    )  # fmt: skip


def _item(product: Product) -> dict[str, object]:
    name = product.french[:1].upper() + product.french[1:]
    return {"sku": product.sku, "name": name, "quantity": 1, "price": str(product.price)}


def _fix(shop: Shop, now: datetime) -> None:
    """Wrong sizes were ordered until the page said them."""
    reason = Reason.objects.filter(key=FIXED).first()
    owner = User.objects.filter(role=Role.LEAD).order_by("pk").first()
    problem = Problem.objects.create(
        shop=shop, title="Dimensions des housses absentes de la fiche", reason=reason, owner=owner,
        team=owner.teams.first() if owner else None, state=Problem.State.FIXED,
        fixed_at=now - timedelta(days=FIXED_DAYS_AGO),
    )  # fmt: skip
    Problem.objects.filter(pk=problem.pk).update(opened_at=now - timedelta(days=2 * FIXED_DAYS_AGO))
    problem.tickets.set(Ticket.objects.filter(reason=reason, opened_at__lt=problem.fixed_at))


def _wishes(shop: Shop) -> None:
    """What the manager has asked of the shop, of a team and of one colleague, and wants to read on Mondays."""
    manager = User.objects.filter(role=Role.MANAGER).order_by("pk").first()
    colleague = User.objects.filter(role=Role.AGENT).order_by("pk").first()
    if manager is None or colleague is None:
        return
    goals.set_goal(shop, "csat", 80, every=Goal.Every.MONTH, by=manager)
    goals.set_goal(
        shop, "first_response_time", 8 * 3600, every=Goal.Every.MONTH, by=manager, team=colleague.teams.first()
    )
    goals.set_goal(shop, "one_touch_rate", 50, every=Goal.Every.QUARTER, by=manager, person=colleague)
    reports.schedule(shop, [manager], every=Report.Every.WEEK, weekday=0, hour=time(8), by=manager)
    FigureSettings.objects.create(shop=shop, relevant_channels=CHANNELS)


def _person(now: datetime, rng: random.Random) -> Customer:
    french = rng.random() < 0.7
    first, last = (FRENCH_WOMEN, FRENCH_NAMES) if french else (ENGLISH_WOMEN, ENGLISH_NAMES)
    name, since = f"{rng.choice(first)} {rng.choice(last)}", now - timedelta(days=rng.randrange(DAYS, 900))
    return Customer(name=name, language="fr" if french else "en", created_at=since)
