"""The figures at 100,000 tickets: dashboard, years, a list behind a figure, late changes, a rebuild."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench.__main__ import Row, cpu

TICKETS = 100_000
YEARS = 3
LATE = 100


def rows() -> list[Row]:
    from django.core.management import call_command

    from accounts.models import Shop
    from metrics.answers import answer
    from metrics.kpis import KPIS
    from metrics.refresh import recompute
    from metrics.scope import Group, Scope
    from metrics.windows import Window
    from tickets.models import Ticket

    shop = Shop.objects.get(key="main")
    load(shop, TICKETS)
    began = time.perf_counter()
    call_command("rebuild_facts", verbosity=0)
    rebuild = TICKETS / (time.perf_counter() - began)
    _analyze()
    today, zone = datetime.now(UTC).date(), ZoneInfo(shop.timezone)
    month = Scope(Window(today - timedelta(days=30), today, zone), shop=shop)
    years = Scope(Window(today - timedelta(days=YEARS * 365), today, zone), shop=shop)
    some = list(Ticket.objects.order_by("-pk").values_list("pk", flat=True)[:LATE])
    behind = KPIS["first_response_time"].measure(month)
    return [
        _row("figures: 30 days and the 30 before, all KPIs (database CPU)", database(lambda: answer(month)), 50),
        _row("figures: the same with our own CPU", both(lambda: answer(month)), 150),
        _row(f"figures: {YEARS} years, all KPIs (database CPU)", database(lambda: answer(years)), 700),
        _row("figures: 30 days, all KPIs by day (CPU)", both(lambda: answer(month, group=Group.DAY)), 600),
        _row("figures: one KPI of 30 days (CPU)", both(lambda: answer(month, slugs=["first_response_time"])), 25),
        _row("figures: list behind a figure (CPU)", both(lambda: list(behind.included(month).order_by("pk")[:50])), 50),
        _row("figures: one late change (CPU)", both(lambda: recompute(some[:1])), 20),
        _row(f"figures: {LATE} late changes, each (CPU)", both(lambda: late(some)) / LATE, 1),
        Row("figures: rebuild", rebuild, "tickets/s", ">= 3300", rebuild >= 3300),
    ]


def _row(name: str, ms: float, most: float) -> Row:
    return Row(name, ms, "ms", f"<= {most}", ms <= most)


def late(ids: list[int]) -> None:
    """The first answer of each of these tickets turns out to be a second later."""
    from django.db.models import F

    from metrics.refresh import catch_up
    from tickets.models import Message

    Message.objects.filter(ticket__in=ids, author="agent").update(at=F("at") + timedelta(seconds=1))
    catch_up()


def database(work: Callable[[], object]) -> float:
    """CPU milliseconds of the database connection alone."""
    return _measured(work)[1]


def both(work: Callable[[], object]) -> float:
    """CPU milliseconds of this process and of its database connection."""
    return sum(_measured(work))


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    server: list[float] = []

    def measured() -> None:
        before = _on_cpu(pid)
        work()
        server.append(_on_cpu(pid) - before)

    ours = cpu(measured, times=5)
    return ours, sorted(server)[len(server) // 2]


def _on_cpu(pid: int) -> float:
    """Milliseconds for which a process has run."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def load(shop: Any, count: int) -> None:
    """So many tickets over three years, each with three messages and a solve, straight into the tables."""
    from accounts.models import User
    from customers.models import Customer
    from tickets.models import Event, Message, Ticket

    rng, now = random.Random(1), datetime.now(UTC)
    people = list(User.objects.all())
    customers = Customer.objects.bulk_create([Customer(name=f"c{n}", created_at=now) for n in range(count // 10)])
    moments = sorted(now - timedelta(seconds=rng.uniform(0, YEARS * 365 * 86_400)) for _n in range(count))
    for begin in range(0, count, 5000):
        tickets = [_ticket(shop, rng, at, customers) for at in moments[begin : begin + 5000]]
        Ticket.objects.bulk_create(tickets)
        said, happened = [], []
        for ticket in tickets:
            user, at = rng.choice(people), ticket.opened_at
            for author in ("customer", "agent", "customer"):
                fields = {"user": user} if author == "agent" else {"customer": ticket.customer}
                said.append(Message(ticket=ticket, author=author, at=at, channel_kind=ticket.channel_kind, **fields))
                at += timedelta(seconds=rng.lognormvariate(9, 1.5))
            to = {"old": "open", "to": "solved"}
            happened.append(Event(ticket=ticket, kind="state", at=at, actor="agent", user=user, data=to))
        Message.objects.bulk_create(said)
        Event.objects.bulk_create(happened)


def _ticket(shop: Any, rng: random.Random, at: datetime, customers: list[Any]) -> Any:
    from tickets.models import Ticket

    channel = rng.choice(["email", "email", "email", "chat", "form"])
    customer = rng.choice(customers)
    return Ticket(shop=shop, channel_kind=channel, customer=customer, opened_at=at, last_activity_at=at)
