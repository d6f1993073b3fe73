"""The desk with many tickets: the list, its counts and search, each beside its SQL alone (the floor)."""

import os
from collections.abc import Callable

from django.core.management import call_command
from django.test import Client

from accounts.models import Role, User
from bench.__main__ import Row
from bench.figures import both
from tickets.search import ask, tickets_like
from tickets.views.listing import Listing
from tickets.views.rows import FIELDS

TICKETS = int(os.environ.get("BENCH_TICKETS", "100000"))  # 1000000 for the large table of docs/performance.md
SEARCHES = {"rare": "LD-4711", "common": "colis", "phrase": '"commande livraison"'}


def rows() -> list[Row]:
    """Milliseconds of CPU, ours and the database's; ratios to reading the same rows as plain values."""
    call_command("generate_load", tickets=TICKETS, yes=True, verbosity=0)
    user = User.objects.filter(role=Role.AGENT).earliest("pk")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    floor = both(lambda: list(Listing(user, "open").queue.tickets(user, {}).soonest_due_first().values(*FIELDS)[:51]))
    size = f"{TICKETS:,} tickets"
    return [
        Row(f"inbox: 50 rows as plain values (the floor), {size}", floor, "ms CPU", "-", True),
        _row(f"inbox: 50 rows ready to show, {size}", both(lambda: Listing(user, "open").rows) / floor, 3, "x floor"),
        _row(f"inbox: all counts, {size}", both(lambda: Listing(user, "open").counts), 20),
        _row(f"inbox: whole request, {size}", both(lambda: client.get("/")), 25),
        *(_row(f"search: {kind}, {size}", both(_search(user, words)), 40) for kind, words in SEARCHES.items()),
    ]


def _search(user: User, words: str) -> Callable[[], object]:
    return lambda: tickets_like(ask(words), user)


def _row(name: str, value: float, most: float, unit: str = "ms CPU") -> Row:
    return Row(name, value, unit, f"<= {most:g}", value <= most)
