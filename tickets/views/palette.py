"""GET /palette/?q=: what the palette found: tickets, people, orders, articles, settings. Commands and the rail's places
are on the page already."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop, User
from customers.models import Customer
from faq.search import find
from tickets.access import visible_customers
from tickets.automation.conditions import fold
from tickets.models import Ticket
from tickets.search import ask, customers_like, orders_like, tickets_like
from tickets.search.highlight import marked
from tickets.views.settings import pages_of

MOST = 6  # of each kind


@dataclass(frozen=True)
class Item:
    """One line of the palette: where it leads, its name with the searched words marked, and what tells it apart."""

    url: str
    icon: str
    name: SafeString
    detail: str


@dataclass(frozen=True)
class Group:
    label: str
    items: list[Item]


@policy("desk.use")
@require_GET
def palette(request: Request) -> HttpResponse:
    """A fragment. "#" asks for tickets only, "@" for customers only; everybody finds only what they may see."""
    typed = request.GET.get("q", "").replace("\0", "").strip()
    only, words = (typed[0], typed[1:].strip()) if typed[:1] in ("#", "@") else ("", typed)
    groups = found(words, only, request.user) if words else []
    return render(request, "tickets/palette.html", {"groups": groups, "words": words})


def found(words: str, only: str, user: User) -> list[Group]:
    groups = [] if only == "@" else [Group(_("Tickets"), _tickets(words, user))]
    if only != "#":
        groups += [Group(_("Customers"), _customers(words, user)), Group(_("Orders"), _orders(words, user))]
    if not only:
        groups += [Group(_("Articles"), _articles(words)), Group(_("Settings"), _settings(words, user))]
    return [group for group in groups if group.items]


def _tickets(words: str, user: User) -> list[Item]:
    hits = tickets_like(ask(words), user, limit=MOST, patient=False)
    numbers, rows = hits.numbers, Ticket.objects.select_related("customer").in_bulk(hits.numbers)
    read_on = Item(
        f"{reverse('inbox')}?{urlencode({'q': words, 'patient': 1})}",
        "search",
        escape(_("Read every message")),
        _("only the newest ones were read"),
    )
    return [
        Item(
            reverse("ticket", args=[number]),
            "mail" if rows[number].channel_kind == "email" else "chat",
            marked(rows[number].subject or _("(no subject)"), words),
            f"#{number} · {rows[number].customer.name}",
        )
        for number in numbers
    ] + [read_on] * hits.older


def _customers(words: str, user: User) -> list[Item]:
    ids = customers_like(words, user, limit=MOST)
    rows: dict[int, Customer] = visible_customers(user).in_bulk(ids)
    newest = dict(
        Ticket.objects.visible_to(user)
        .filter(customer__in=rows)
        .order_by("customer", "last_activity_at")
        .values_list("customer", "pk")
    )
    return [
        Item(reverse("ticket", args=[newest[pk]]), "user", marked(rows[pk].name, words), rows[pk].postcode)
        for pk in ids
        if pk in rows and pk in newest
    ]


def _orders(words: str, user: User) -> list[Item]:
    orders = orders_like(words, user, limit=MOST).select_related("customer")
    newest = dict(
        Ticket.objects.visible_to(user)
        .filter(customer__in=[order.customer_id for order in orders])
        .order_by("customer", "last_activity_at")
        .values_list("customer", "pk")
    )
    return [
        Item(
            reverse("ticket", args=[newest[order.customer_id]]),
            "box",
            marked(order.number, words),
            " · ".join(filter(None, [order.customer.name, order.status])),
        )
        for order in orders
        if order.customer_id in newest
    ]


def _articles(words: str) -> list[Item]:
    """Published answers, in the reader's language where the shop has it."""
    hits = [
        Item(one.url, "book", one.marked, one.category or shop.name)
        for shop in Shop.objects.order_by("pk")
        for one in find(shop, _language(shop), words, limit=MOST, exact=True).articles
    ]
    return hits[:MOST]


def _language(shop: Shop) -> str:
    own = get_language() or ""
    return own if own in shop.languages else shop.languages[0]


def _settings(words: str, user: User) -> list[Item]:
    asked = fold(words).split()
    return [
        Item(reverse(page.url_name), page.icon, marked(str(page.label), words), str(page.group))
        for page in pages_of(user)
        if all(word in fold(f"{_('Settings')} {page.label}") for word in asked)
    ][:MOST]
