"""The desk with many tickets: list, counts, conversation and search, beside their SQL alone (the floor)."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Role, User
from bench.__main__ import Row, cpu
from bench.figures import both
from bench.load import TICKETS
from tickets.models import Ticket
from tickets.search import ask, tickets_like
from tickets.views.listing import Listing
from tickets.views.rows import FIELDS

SEARCHES = {  # words, and how many milliseconds they may take
    "rare": ("LD-4711", 40),
    "common": ("colis", 40),
    "phrase": ('"commande livraison"', 150),
    "phrase of three common words": ('"commande livraison retour"', 150),
}


def rows() -> list[Row]:
    """Milliseconds of CPU, ours and (but for whole requests) the database's; ratios where machines differ."""
    user = User.objects.filter(role=Role.AGENT).earliest("pk")
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    ticket = Ticket.objects.visible_to(user).live().latest("pk")
    stranger = Client(headers={"host": "127.0.0.1"})  # one: each would load the middleware again
    login = cpu(lambda: stranger.get("/accounts/login/"))
    whole = {"inbox": cpu(lambda: client.get("/")), "conversation": cpu(lambda: client.get(f"/tickets/{ticket.pk}/"))}
    floor = both(lambda: list(Listing(user, "open").queue.tickets(user, {}).soonest_due_first().values(*FIELDS)[:51]))
    size = f"{TICKETS:,} tickets"
    return [
        Row(f"inbox: 50 rows as plain values (the floor), {size}", floor, "ms CPU", "-", True),
        _row(f"inbox: 50 rows ready to show, {size}", both(lambda: Listing(user, "open").rows) / floor, 3, "x floor"),
        _row(f"inbox: all counts, {size}", both(lambda: Listing(user, "open").counts), 20),
        _row(f"inbox: whole request, {size}", whole["inbox"], 5),
        _row(f"inbox: whole request, {size}", whole["inbox"] / login, 2, "x login"),
        _row(f"conversation: whole request, {size}", whole["conversation"] / login, 6, "x login"),
        *(
            _row(f"search: {kind}, {size}", both(_search(user, words)), most)
            for kind, (words, most) in SEARCHES.items()
        ),
    ]


def _search(user: User, words: str) -> Callable[[], object]:
    return lambda: tickets_like(ask(words), user, patient=False)


def _row(name: str, value: float, most: float, unit: str = "ms CPU") -> Row:
    return Row(name, value, unit, f"<= {most:g}", value <= most)
