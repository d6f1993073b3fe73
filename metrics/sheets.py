"""The tables of the dashboards as CSV, with exact numbers: what is counted by reason, product, problem or customer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from metrics.behind import csv_line
from metrics.fixes import fixes
from metrics.heat import demand
from metrics.kpis import KPIS
from metrics.kpis.volume import opened_by_customers
from metrics.loyalty import recovery, silent
from metrics.measures import ANY, Key
from metrics.numbers import NONE
from metrics.panels import names
from metrics.products import products
from metrics.scope import Group, Scope
from metrics.together import by_group
from metrics.turning import stretches
from metrics.worth import matrix
from tickets.models import Author, Message

EVERYBODY = 1_000_000
Lines = Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    head: tuple[str, ...]
    lines: Callable[[Scope], Lines]


def csv_lines(sheet: Sheet, scope: Scope) -> Iterator[str]:
    """A head and one line a row."""
    yield csv_line(sheet.head)
    yield from (csv_line(cells) for cells in sheet.lines(scope))


def _reasons(scope: Scope) -> Lines:
    slugs = ("contact_ratio", "tickets_opened", "csat", "first_response_time", "resolution_time")
    return _groups(scope, Group.REASON, slugs)


def _colleagues(scope: Scope) -> Lines:
    return _groups(scope, Group.AGENT, KPIS)


def _channels(scope: Scope) -> Lines:
    return _groups(scope, Group.CHANNEL, KPIS)


def _groups(scope: Scope, group: Group, slugs: Iterable[str]) -> Lines:
    """A line for each group and figure, with what stands beside the value."""
    measures = {slug: KPIS[slug].measure(scope) for slug in slugs}
    found = by_group(measures, scope, group)
    keys: set[Key] = {key for figures in found.values() for key in figures if key not in (None, ANY)}
    named = names(keys, group)
    if any(None in figures for figures in found.values()):
        named |= {None: NONE}
    for key in sorted(named, key=lambda one: (one is None, named[one])):
        for slug, figures in found.items():
            one = figures.get(key, figures.get(ANY, measures[slug].empty))
            yield named[key], slug, one.value, one.n, one.numerator, one.denominator, one.median, one.p90


def _products(scope: Scope) -> Lines:
    return ((one.sku, one.name, one.contacts, one.orders, one.ratio) for one in products(scope))


def _worth(scope: Scope) -> Lines:
    for one in matrix(scope).placed:
        about = one.contacts
        told = (about.n, about.people, about.replies, about.rounds, about.satisfaction, about.orders, about.revenue)
        yield (one.reason.key, one.reason.told, *told, one.cost, one.customer, one.shop, one.action.value)


def _fixes(scope: Scope) -> Lines:
    for one in fixes(scope.shop):
        for week in one.weeks:
            yield one.problem.pk, one.problem.title, one.fixed_on, week.monday, week.contacts, week.orders, week.side


def _recovery(scope: Scope) -> Lines:
    return ((one.name, one.people, one.again, one.share) for one in recovery(scope))


def _lost(scope: Scope) -> Lines:
    lost, _count, _spent = silent(scope, most=EVERYBODY)
    zone = scope.window.zone
    for one in lost:
        yield one.customer.name, one.why, one.about, one.since.astimezone(zone).isoformat(), _paid(one.spent)


def _paid(spent: dict[str, Decimal]) -> str:
    """59.90 EUR, 12.00 CHF"""
    return ", ".join(f"{paid} {currency}" for currency, paid in spent.items())


def _turning(scope: Scope) -> Lines:
    return ((one.low, one.high, one.n, one.mean) for one in stretches(scope))


def _demand(scope: Scope) -> Lines:
    return ((day + 1, hour, n) for (day, hour), n in sorted(demand(scope).items()))


def _words(scope: Scope) -> Lines:
    """What customers wrote, message by message, on the tickets that they opened (S85)."""
    tickets = opened_by_customers().counted(scope).values("pk")
    said = Message.objects.filter(ticket__in=tickets, author=Author.CUSTOMER, automatic=False)
    rows = said.select_related("ticket__reason").order_by("ticket", "at", "pk")
    for one in rows.iterator(1000):
        reason = one.ticket.reason
        at = one.at.astimezone(scope.window.zone).isoformat()
        yield one.ticket_id, at, reason.key if reason else "", reason.told if reason else "", one.visible_text


FIGURES = ("figure", "value", "n", "numerator", "denominator", "median", "p90")
CONTACTS = ("contacts", "people", "replies", "waits", "satisfaction", "orders", "revenue")
SHEETS = {
    "reasons": Sheet(("reason", *FIGURES), _reasons),
    "products": Sheet(("sku", "product", "contacts", "orders", "per_100_orders"), _products),
    "words": Sheet(("ticket", "at", "key", "reason", "text"), _words),
    "value": Sheet(("key", "reason", *CONTACTS, "cost", "customer", "shop", "action"), _worth),
    "fixes": Sheet(("problem", "title", "fixed_on", "week", "contacts", "orders", "side"), _fixes),
    "recovery": Sheet(("customers", "people", "bought_again", "share"), _recovery),
    "lost": Sheet(("customer", "why", "about", "since", "spent"), _lost),
    "speed-quality": Sheet(("seconds_from", "seconds_to", "ratings", "mean"), _turning),
    "demand": Sheet(("weekday", "hour", "tickets"), _demand),
    "colleagues": Sheet(("colleague", *FIGURES), _colleagues),
    "channels": Sheet(("channel", *FIGURES), _channels),
}
