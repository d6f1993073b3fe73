"""Filling the places of a prepared text from a case."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from tickets.automation.case import Case
from tickets.placeholders import PLACE, places


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values; `missing` names what has neither value nor fallback, still standing as a place."""

    text: str
    html: str
    missing: tuple[str, ...]


def _day(case: Case, at: datetime) -> str:
    return format_date(timezone.localtime(at), "long", locale=case.ticket.language or "en")


def _product(case: Case) -> str:
    items = [item for item in case.order.items if isinstance(item, dict)] if case.order else []
    return str(items[0].get("name", "")) if len(items) == 1 else ""


def _shop_email(case: Case) -> str:
    """What the shop says of itself, else the mailbox that it reads."""
    shop = case.ticket.shop
    mailbox = shop.channels.filter(kind="email", enabled=True).order_by("pk").first()
    return shop.email or (mailbox.address if mailbox else "")


VARIABLES: dict[str, Callable[[Case], str]] = {
    "customer.first_name": lambda case: case.ticket.customer.first_name,
    "customer.name": lambda case: case.ticket.customer.name,
    "customer.email": lambda case: case.ticket.customer.email,
    "ticket.number": lambda case: str(case.ticket.pk),
    "ticket.subject": lambda case: case.ticket.subject,
    "order.number": lambda case: case.order.number if case.order else "",
    "order.status": lambda case: case.order.status if case.order else "",
    "order.total": lambda case: f"{case.order.total} {case.order.currency}" if case.order else "",
    "order.placed": lambda case: _day(case, case.order.placed_at) if case.order else "",
    "order.product": _product,
    "order.tracking_number": lambda case: str(case.order.tracking.get("number", "")) if case.order else "",
    "order.tracking_url": lambda case: str(case.order.tracking.get("url", "")) if case.order else "",
    "order.carrier": lambda case: str(case.order.tracking.get("carrier", "")) if case.order else "",
    "agent.name": lambda case: case.by.user.full_name if case.by.user else "",
    "agent.first_name": lambda case: case.by.user.first_name if case.by.user else "",
    "shop.name": lambda case: case.ticket.shop.name,
    "shop.phone": lambda case: case.ticket.shop.phone,
    "shop.email": _shop_email,
    "shop.website": lambda case: case.ticket.shop.website,
    "date.today": lambda case: _day(case, case.at),
}


def fill(text: str, html: str, case: Case) -> Filled:
    """Put in what is known. HTML gets its values escaped."""
    values = values_of(text + html, case)
    missing = tuple(place.name for place in places(text + html) if not values[place.name])
    return Filled(_put(text, values, escaped=False), _put(html, values, escaped=True), missing)


def marked(text: str, case: Case) -> SafeString:
    """The text as HTML for whoever is about to send it: what was put in stands out, what is still empty more so."""
    values = values_of(text, case)
    parts, done = [], 0
    for match in PLACE.finditer(text):
        (place,) = places(match[0])
        kind, words = ("filled", values[place.name]) if values[place.name] else ("empty", place.words)
        parts += [escape(text[done : match.start()]), format_html('<mark class="place--{}">{}</mark>', kind, words)]
        done = match.end()
    return mark_safe("".join([*parts, escape(text[done:])]))  # noqa: S308 (escaped above)


def values_of(text: str, case: Case) -> dict[str, str]:
    """The value of each place, its fallback where there is none, "" where there is neither."""
    return {place.name: _value(place.name, case) or place.fallback for place in places(text)}


def unknown(text: str) -> list[str]:
    """Names that no variable has; an "input." is asked of the agent, whatever its name."""
    return [place.name for place in places(text) if place.name not in VARIABLES and not place.name.startswith("input.")]


def inputs(text: str) -> list[str]:
    """What the agent is asked for: the bare names of the "input." places."""
    return [place.name.removeprefix("input.") for place in places(text) if place.name.startswith("input.")]


def _value(name: str, case: Case) -> str:
    if name.startswith("input."):
        return str(case.inputs.get(name.removeprefix("input."), "")).strip()[:300]
    read = VARIABLES.get(name)
    return read(case).strip() if read else ""


def _put(text: str, values: Mapping[str, str], *, escaped: bool) -> str:
    def value(match: re.Match[str]) -> str:
        found = values[match["name"]]
        return (str(escape(found)) if escaped else found) or match[0]

    return PLACE.sub(value, text)
