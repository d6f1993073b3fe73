"""Who the customer is: identities, orders and earlier tickets, ready to show beside the conversation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import format_currency
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from channels_app.models import ChannelKind
from customers import merge
from customers.models import Customer, Identity, Order
from tickets.models import Author, Message, Ticket
from tickets.views.clock import moment
from tickets.views.thread import initials

ORDERS, EARLIER = 5, 8
IDENTITY_ICONS = {
    Identity.Kind.EMAIL: "mail",
    Identity.Kind.PHONE: "phone",
    Identity.Kind.WHATSAPP: "whatsapp",
    Identity.Kind.INSTAGRAM: "insta",
    Identity.Kind.STORE: "shop",
}
STATUS_TONES = {"delivered": "good", "shipped": "info", "cancelled": "bad", "refunded": "warn", "returned": "warn"}


@dataclass(frozen=True, slots=True)
class Reach:
    icon: str
    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Twin:
    """Another record that may be the same person."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    detail: str
    price: str


@dataclass(frozen=True, slots=True)
class Purchase:
    number: str
    status: str
    tone: str
    total: str
    placed: str
    items: list[Item]
    carrier: str
    tracking: str
    tracking_url: str
    paid_by: str  # method and last four digits, never more (S32)
    about: bool  # the ticket is about this order


@dataclass(frozen=True, slots=True)
class Earlier:
    url: str
    channel: str
    channel_label: str
    subject: str
    time: str
    current: bool


@dataclass(frozen=True, slots=True)
class Side:
    ticket: int
    customer: Customer
    name: str
    initials: str
    since: str
    vip: bool
    language: str
    local_time: str
    time_zone: str
    notes: str
    reaches: list[Reach]
    purchases: list[Purchase]
    orders: int
    earlier: list[Earlier]
    contacts: int
    all_contacts: str  # the address of the whole list
    twins: list[Twin]
    merged: list[Twin]
    nth: int  # how often the customer wrote about this one thing (S119)


def side_of(ticket: Ticket, user: User, now: datetime, *, contact: bool) -> Side:
    """A ticket's customer, in a fixed number of queries. Without `contact` nothing that identifies them (S55)."""
    customer = ticket.customer
    identities = list(customer.identities.all()) if contact else []
    orders = list(customer.orders.filter(shop=ticket.shop)[: ORDERS + 1])
    tickets = list(
        Ticket.objects.visible_to(user)
        .present()
        .filter(customer=customer)
        .order_by("-opened_at")
        .values("pk", "subject", "channel_kind", "opened_at")[: EARLIER + 1]
    )
    about = set(ticket.orders.values_list("pk", flat=True))
    name = customer.name or next((identity.value for identity in identities), "") or _("Unknown customer")
    return Side(
        ticket=ticket.pk,
        customer=customer,
        name=name,
        initials=initials(name),
        since=date_format(timezone.localtime(customer.created_at), "F Y"),
        vip=customer.vip,
        language=language_name(ticket.language or customer.language),
        local_time=_local_time(customer.timezone, now),
        time_zone=customer.timezone.replace("_", " "),
        notes=customer.notes,
        reaches=[
            Reach(IDENTITY_ICONS.get(Identity.Kind(one.kind), "at"), one.label or one.value, one.verified)
            for one in identities
        ],
        purchases=[_purchase(order, about) for order in orders[:ORDERS]],
        orders=len(orders),
        earlier=[_earlier(row, ticket, now) for row in tickets[:EARLIER]],
        contacts=len(tickets),
        all_contacts=f"/?q={quote(customer.name or name)}" if len(tickets) > EARLIER else "",
        twins=[Twin(one.pk, one.display_name) for one in merge.suggested(customer)] if contact else [],
        merged=[Twin(one.pk, one.display_name) for one in customer.merged.prefetch_related("identities")],
        nth=contacts_about(ticket),
    )


def contacts_about(ticket: Ticket) -> int:
    """How often the customer has written about this: on this ticket and on those merged into it."""
    told = Message.objects.filter(author=Author.CUSTOMER, public=True, automatic=False, thanks=False)
    return told.filter(ticket__in=[ticket.pk, *ticket.merged.values_list("pk", flat=True)]).count()


def _local_time(zone: str, now: datetime) -> str:
    """What the clock shows where the customer lives, "" when nobody knows where."""
    try:
        return date_format(now.astimezone(ZoneInfo(zone)), "H:i") if zone else ""
    except (ZoneInfoNotFoundError, ValueError):
        return ""


def _paid_by(payment: object) -> str:
    """The method and the last four digits, whatever a store may have sent."""
    if not isinstance(payment, dict):
        return ""
    digits = re.sub(r"\D", "", str(payment.get("last4", "")))[-4:]
    method = re.sub(r"\d{5,}", "", str(payment.get("method", "")))[:40].strip()
    return " ".join(part for part in (method, f"•••• {digits}" if digits else "") if part)


def language_name(code: str) -> str:
    """The language in the reader's words; the code itself when unknown."""
    try:
        name: str = translation.get_language_info(code)["name_translated"]
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def money(amount: object, currency: str) -> str:
    """An amount as the reader's language writes it; as it came when it is no number."""
    try:
        return format_currency(Decimal(str(amount)), currency, locale=translation.get_language() or "en")
    except (InvalidOperation, ValueError):
        return str(amount)


def _purchase(order: Order, about: set[int]) -> Purchase:
    url = str(order.tracking.get("url", ""))
    return Purchase(
        number=order.number,
        status=order_status(order.status),
        tone=STATUS_TONES.get(order.status, ""),
        total=money(order.total, order.currency),
        placed=date_format(timezone.localtime(order.placed_at), pgettext("date format", "j M Y")),
        items=[_item(item, order.currency) for item in order.items if isinstance(item, dict)],
        carrier=str(order.tracking.get("carrier", "")),
        tracking=str(order.tracking.get("number", "")),
        tracking_url=url if urlsplit(url).scheme in ("http", "https") else "",
        paid_by=_paid_by(order.extra.get("payment")),
        about=order.pk in about,
    )


def order_status(status: str) -> str:
    """A store's status in the reader's language, where it is one of the usual words."""
    words = {
        "pending": pgettext("order", "to be paid"),
        "paid": pgettext("order", "paid"),
        "processing": pgettext("order", "being prepared"),
        "shipped": pgettext("order", "shipped"),
        "delivered": pgettext("order", "delivered"),
        "cancelled": pgettext("order", "cancelled"),
        "refunded": pgettext("order", "refunded"),
        "returned": pgettext("order", "returned"),
    }
    word = words.get(status, status)
    return word[:1].upper() + word[1:]


def _item(item: dict[str, object], currency: str) -> Item:
    detail = " · ".join(str(part) for part in (item.get("sku"), f"× {item.get('quantity', 1)}") if part)
    return Item(str(item.get("name", "")), detail, money(item["price"], currency) if "price" in item else "")


def _earlier(row: Mapping[str, Any], ticket: Ticket, now: datetime) -> Earlier:
    kind = ChannelKind(row["channel_kind"])
    return Earlier(
        url=reverse("ticket", args=[row["pk"]]),
        channel=kind.value,
        channel_label=str(kind.label),
        subject=row["subject"] or _("(no subject)"),
        time=moment(row["opened_at"], now),
        current=row["pk"] == ticket.pk,
    )
