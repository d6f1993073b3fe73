"""Who the customer is: identities, orders and earlier tickets, ready to show beside the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from babel.numbers import format_currency
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from channels_app.models import ChannelKind
from customers.models import Identity, Order
from tickets.models import Ticket
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
    name: str
    initials: str
    since: str
    vip: bool
    language: str
    notes: str
    reaches: list[Reach]
    purchases: list[Purchase]
    orders: int
    earlier: list[Earlier]
    contacts: int


def side_of(ticket: Ticket, user: User, now: datetime, *, contact: bool) -> Side:
    """The panel of a ticket's customer, in three queries. Without `contact` nothing that identifies them (S55)."""
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
    name = customer.name or next((identity.value for identity in identities), "") or _("Unknown customer")
    return Side(
        name=name,
        initials=initials(name),
        since=date_format(timezone.localtime(customer.created_at), "F Y"),
        vip=customer.vip,
        language=language_name(ticket.language or customer.language),
        notes=customer.notes,
        reaches=[
            Reach(IDENTITY_ICONS.get(Identity.Kind(one.kind), "at"), one.label or one.value, one.verified)
            for one in identities
        ],
        purchases=[_purchase(order) for order in orders[:ORDERS]],
        orders=len(orders),
        earlier=[_earlier(row, ticket, now) for row in tickets[:EARLIER]],
        contacts=len(tickets),
    )


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


def _purchase(order: Order) -> Purchase:
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
