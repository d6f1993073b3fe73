"""Who the customer is: identities, orders and earlier tickets, ready to show beside the conversation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import format_currency
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Func, QuerySet, TextField, Window
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import User
from channels_app.models import ChannelKind
from customers import merge
from customers.models import Customer, Identity, Order
from customers.stores.registry import store_of
from faq import addresses, readings
from faq.models import ArticleTranslation, NoticeLetter
from helpdesk.lib import compiled
from tickets.models import Author, Message, Ticket
from tickets.querysets import sight
from tickets.views.clock import Times, moment
from tickets.views.reading import Reading
from tickets.views.thread import initials

ORDERS, EARLIER, ANSWERS, TOLD = 5, 8, 3, 10
OFTEN = 3  # contacts about one thing; the next one is shown as too many (S119)
IDENTITY_ICONS = {
    Identity.Kind.EMAIL: "mail",
    Identity.Kind.PHONE: "phone",
    Identity.Kind.WHATSAPP: "whatsapp",
    Identity.Kind.INSTAGRAM: "insta",
    Identity.Kind.STORE: "shop",
}
SKUS = Func("items", template="jsonb_path_query(%(expressions)s, '$[*].sku') #>> '{}'", output_field=TextField())
STATUS_WORDS = {
    "pending": pgettext_lazy("order", "to be paid"),
    "paid": pgettext_lazy("order", "paid"),
    "processing": pgettext_lazy("order", "being prepared"),
    "shipped": pgettext_lazy("order", "shipped"),
    "delivered": pgettext_lazy("order", "delivered"),
    "cancelled": pgettext_lazy("order", "cancelled"),
    "refunded": pgettext_lazy("order", "refunded"),
    "returned": pgettext_lazy("order", "returned"),
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
class Answer:
    """An article of the help centre."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """What was bought, with what the help centre knows about it (S72)."""

    name: str
    detail: str
    price: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Purchase:
    number: str
    status: str
    tone: str
    total: str
    placed: str
    items: tuple[Item, ...]
    carrier: str
    tracking: str
    tracking_url: str
    paid_by: str  # method and last four digits, never more (S32)
    about: bool  # the ticket is about this order
    pk: int
    acts: frozenset[str]  # what its store can do with it now


@dataclass(frozen=True, slots=True)
class Earlier:
    """A ticket, or a letter that we wrote to many (then without an address)."""

    url: str
    channel: str
    channel_label: str
    subject: str
    time: str
    current: bool

    @property
    def is_letter(self) -> bool:
        return not self.url


@dataclass(frozen=True, slots=True)
class Contact:
    """One of the times that the customer wrote about this."""

    url: str
    channel: str
    channel_label: str
    number: int
    time: str


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
    place: str  # the city of the time zone
    notes: str
    reaches: list[Reach]
    purchases: list[Purchase]
    orders: int
    earlier: tuple[Earlier, ...]
    contacts: int
    all_contacts: str  # the address of the whole list
    twins: list[Twin]
    merged: list[Twin]
    nth: int  # how often the customer wrote about this one thing (S119)
    told: list[Contact]  # when that was, where that is too often


def side_of(reading: Reading) -> Side:
    """A ticket's customer, in a fixed number of queries. Nothing that identifies them for those who may not contact
    them (S55)."""
    ticket, now, contact, customer = reading.ticket, reading.now, reading.contact, reading.ticket.customer
    times = Times(now)
    identities = compiled.found(_identities, "identities", customer.pk) if contact else []
    orders = compiled.found(_orders, "orders", customer.pk, ticket.shop_id)
    for order in orders:
        order.shop = ticket.shop
    tickets = _tickets(customer, reading.reader)
    written = tickets[0][-1] if tickets else 0
    answers = _answers(ticket, orders)
    contacts = contacts_about(reading)
    about = set(reading.facts.orders)
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
        place=customer.timezone.rpartition("/")[2].replace("_", " "),
        notes=customer.notes,
        reaches=[
            Reach(IDENTITY_ICONS.get(Identity.Kind(one.kind), "at"), one.label or one.value, one.verified)
            for one in identities
        ],
        purchases=[_purchase(order, about, answers) for order in orders],
        orders=getattr(orders[0], "of_all", 0) if orders else 0,
        earlier=_history(tickets, reading, times),
        contacts=written,
        all_contacts=f"/?view=all&customer={customer.pk}" if written > EARLIER else "",
        twins=[Twin(one.pk, one.display_name) for one in merge.suggested(customer)] if contact else [],
        merged=_merged(customer) if reading.facts.customer_has_merged else [],
        nth=len(contacts),
        told=[_contact(one, now) for one in contacts[: -TOLD - 1 : -1]] if len(contacts) > OFTEN else [],
    )


def _identities(customer: int) -> QuerySet[Identity]:
    return Identity.objects.filter(customer=customer).exclude(kind=Identity.Kind.VISITOR)  # a number of ours


def _orders(customer: int, shop: int) -> QuerySet[Order]:
    theirs = Order.objects.filter(customer=customer, shop=shop)
    return theirs.annotate(of_all=Window(Count("pk")))[:ORDERS]


def _tickets(customer: Customer, user: User) -> list[tuple[Any, ...]]:
    """The customer's latest tickets that this user may know of, each row with the number of all of them."""

    def latest(number: int) -> QuerySet[Ticket, Any]:
        theirs = Ticket.objects.visible_to(user).present().filter(customer=number).order_by("-opened_at")
        return theirs.values_list("pk", "subject", "channel_kind", "opened_at", Window(Count("pk")))[:EARLIER]

    return compiled.found(latest, ("tickets of", sight(user)), customer.pk)


def _merged(customer: Customer) -> list[Twin]:
    return [Twin(one.pk, one.display_name) for one in customer.merged.prefetch_related("identities")]


def contacts_about(reading: Reading) -> list[Message]:
    """The times that the customer wrote about this, on this ticket and on those merged into it, in order."""
    told = (one.message for one in reading.said if one.message.author == Author.CUSTOMER)
    return [one for one in told if one.public and not one.automatic and not one.thanks]


def _contact(message: Message, now: datetime) -> Contact:
    return Contact(
        url=f"{reverse('ticket', args=[message.ticket_id])}#message-{message.pk}",
        channel=message.channel_kind,
        channel_label=message.get_channel_kind_display(),
        number=message.ticket_id,
        time=moment(message.at, now),
    )


def _answers(ticket: Ticket, orders: list[Order]) -> Mapping[str, tuple[Answer, ...]]:
    """What the help centre says, in the customer's language, about the products of these orders, by SKU."""
    if not any(isinstance(item, dict) and item.get("sku") for order in orders for item in order.items):
        return {}

    def about(shop: int, *numbers: int) -> QuerySet[ArticleTranslation]:
        bought = Order.objects.filter(pk__in=numbers).order_by().values(sku=SKUS)
        return readings.about_products(shop, ticket.language, ArraySubquery(bought))

    found: dict[str, list[Answer]] = {}
    for row in compiled.found(about, ("products", ticket.language), ticket.shop_id, *(order.pk for order in orders)):
        answer = Answer(row.title, addresses.article(ticket.shop, row))
        for sku in row.article.skus:
            found.setdefault(sku, []).append(answer)
    return {sku: tuple(answers[:ANSWERS]) for sku, answers in found.items()}


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
    return _money(str(amount), currency, translation.get_language() or "en")


@lru_cache(maxsize=1024)
def _money(amount: str, currency: str, language: str) -> str:
    try:
        return format_currency(Decimal(amount), currency, locale=language)
    except (InvalidOperation, ValueError):
        return amount


def _purchase(order: Order, about: set[int], answers: Mapping[str, tuple[Answer, ...]]) -> Purchase:
    url = str(order.tracking.get("url", ""))
    return Purchase(
        number=order.number,
        status=order_status(order.status),
        tone=STATUS_TONES.get(order.status, ""),
        total=money(order.total, order.currency),
        placed=date_format(timezone.localtime(order.placed_at), pgettext("date format", "j M Y")),
        items=tuple(_item(item, order.currency, answers) for item in order.items if isinstance(item, dict)),
        carrier=str(order.tracking.get("carrier", "")),
        tracking=str(order.tracking.get("number", "")),
        tracking_url=url if url.startswith(("https://", "http://")) else "",
        paid_by=_paid_by(order.extra.get("payment")),
        about=order.pk in about,
        pk=order.pk,
        acts=frozenset(kind.value for kind in store_of(order.shop).can(order)),
    )


def order_status(status: str) -> str:
    """A store's status in the reader's language, where it is one of the usual words."""
    word = str(STATUS_WORDS.get(status, status))
    return word[:1].upper() + word[1:]


def _item(item: dict[str, object], currency: str, answers: Mapping[str, tuple[Answer, ...]]) -> Item:
    detail = " · ".join(str(part) for part in (item.get("sku"), f"× {item.get('quantity', 1)}") if part)
    price = money(item["price"], currency) if "price" in item else ""
    return Item(str(item.get("name", "")), detail, price, answers.get(str(item.get("sku", "")), ()))


def _letters(ticket: Ticket) -> list[NoticeLetter]:
    """What the shop wrote to this customer about its banners (S14), the newest first."""
    theirs = NoticeLetter.objects.left().filter(customer=ticket.customer, banner__shop=ticket.shop)
    return list(theirs.select_related("notice").order_by("-left_at")[:EARLIER])


def _history(tickets: Sequence[tuple[Any, ...]], reading: Reading, times: Times) -> tuple[Earlier, ...]:
    """The latest tickets of the customer, and the letters among them."""
    letters = _letters(reading.ticket) if reading.facts.customer_has_letters else []
    entries = [(row[3], _earlier(row, reading.ticket, times)) for row in tickets]
    entries += [(one.left_at, _letter(one, times)) for one in letters]
    return tuple(entry for _at, entry in sorted(entries, key=itemgetter(0), reverse=True)[:EARLIER])


def _letter(letter: NoticeLetter, times: Times) -> Earlier:
    assert letter.left_at is not None  # `left`
    subject = _("Letter: %(subject)s") % {"subject": letter.notice.words[letter.language]["subject"]}
    kind = ChannelKind.EMAIL
    return Earlier("", kind.value, str(kind.label), subject, times.moment(letter.left_at), current=False)


def _earlier(row: tuple[Any, ...], ticket: Ticket, times: Times) -> Earlier:
    number, subject, channel, opened_at, _all = row
    kind = ChannelKind(channel)
    return Earlier(
        url=reverse("ticket", args=[number]),
        channel=kind.value,
        channel_label=str(kind.label),
        subject=subject or _("(no subject)"),
        time=times.moment(opened_at),
        current=number == ticket.pk,
    )
