"""An order as its shopper sees it: how far it is, what is in it, and what can still be changed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.models import Order, OrderDeed, OrderRules
from customers.orders import STEPS, How, Offer, offers, reached
from customers.passes import Bearer
from customers.stores.local import BEFORE_IT_LEAVES
from tickets.views.side import money, order_status

Kind = OrderDeed.Kind
ICONS = {Kind.CHANGE_ADDRESS: "truck", Kind.RETURN: "back", Kind.CANCEL: "x"}
SHOWN_STEPS = STEPS[1:]
UNTIL = OrderRules.Until


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    when: str
    place: str  # "done", "now" or "next"


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    detail: str
    price: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What the carrier did with the parcel."""

    at: datetime
    when: str
    words: str


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to change. `how` as in customers.orders; `proof`: the mailbox must be proven first."""

    kind: str
    how: str
    icon: str
    title: str
    rule: str
    button: str
    proof: bool


@dataclass(frozen=True, slots=True)
class Shown:
    order: Order
    status: str
    tone: str
    steps: list[Step]
    carrier: str
    tracking: str
    tracking_url: str
    scans: list[Scan]
    items: list[Line]
    total: str
    address: str
    acts: list[Act]
    deeds: list[OrderDeed]


def shown(bearer: Bearer) -> Shown:
    """The order of a pass. Its address only for somebody who has proven the mailbox."""
    order = bearer.order
    assert order is not None
    url = str(order.tracking.get("url", ""))
    rules = OrderRules.of(order.shop)
    return Shown(
        order=order,
        status=order_status(order.status) or _("Ordered"),
        tone=_tone(order.status),
        steps=_steps(order),
        carrier=str(order.tracking.get("carrier", "")),
        tracking=str(order.tracking.get("number", "")),
        tracking_url=url if url.startswith("https://") else "",
        scans=_scans(order.tracking.get("scans")),
        items=[_item(item, order.currency) for item in order.items if isinstance(item, dict)],
        total=money(order.total, order.currency),
        address=str(order.extra.get("address", "")) if bearer.proven else "",
        acts=[_act(offer, rules, bearer) for offer in offers(order).values()],
        deeds=list(order.deeds.all()),
    )


def _tone(status: str) -> str:
    return "off" if status in ("cancelled", "refunded", "returned") else "good" if status in STEPS else "info"


def _steps(order: Order) -> list[Step]:
    """Nothing for an order that was stopped, or whose status is none of the usual words."""
    if order.status not in STEPS:
        return []
    names = [pgettext("order", "Ordered"), pgettext("order", "Prepared"), pgettext("order", "Shipped")]
    names.append(pgettext("order", "Delivered"))
    at = max(STEPS.index(order.status) - 1, 0)
    times = [order.placed_at, *(reached(order, step) for step in SHOWN_STEPS[1:])]
    return [
        Step(
            name,
            _when(when) if when else "",
            "done" if n < at or n == len(names) - 1 == at else "now" if n == at else "next",
        )
        for n, (name, when) in enumerate(zip(names, times, strict=True))
    ]


def _when(at: datetime) -> str:
    return date_format(timezone.localtime(at), pgettext("date and time", "j M, H:i"))


def _scans(told: object) -> list[Scan]:
    """The newest first, from [{"at": ISO 8601, "text": "…"}]; whatever else a store wrote is left out."""
    found = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    read = [(parse_datetime(str(one.get("at", ""))), str(one.get("text", ""))) for one in found]
    scans = [Scan(at, _when(at), words) for at, words in read if at is not None and at.tzinfo and words]
    return sorted(scans, key=lambda scan: scan.at, reverse=True)


def _item(item: dict[str, object], currency: str) -> Line:
    quantity = _("quantity %(n)s") % {"n": item.get("quantity", 1)}
    return Line(str(item.get("name", "")), quantity, money(item["price"], currency) if "price" in item else "")


def _act(offer: Offer, rules: OrderRules, bearer: Bearer) -> Act:
    title, button, rule = {
        Kind.CHANGE_ADDRESS: (_("Have it delivered elsewhere"), _("Change the address"), _until(rules.address_until)),
        Kind.RETURN: (_("Return an item"), _("Set up a return"), _return_rule(offer, rules, bearer)),
        Kind.CANCEL: (_("Cancel the order"), _("Cancel the order"), _until(rules.cancel_until)),
    }[offer.kind]
    if offer.how == How.ASK:
        looks = _("A person looks at what can still be done.")  # gettext does not read f-strings
        rule, button = f"{rule} {looks}", _("Ask us")
    needs_proof = offer.kind == Kind.CHANGE_ADDRESS and offer.how == How.NOW and not bearer.proven
    return Act(offer.kind.value, offer.how.value, ICONS[offer.kind], title, rule, button, needs_proof)


def _until(until: str) -> str:
    return {
        UNTIL.PAID: _("Possible until we begin to prepare it."),
        UNTIL.PROCESSING: _("Possible until it is shipped."),
    }.get(UNTIL(until), _("Not possible by yourself."))


def _return_rule(offer: Offer, rules: OrderRules, bearer: Bearer) -> str:
    if offer.until is None:
        return _("Not possible by yourself.")
    if bearer.order and bearer.order.status in BEFORE_IT_LEAVES:
        return _("As soon as it is on its way, and for %(days)d days.") % {"days": rules.return_days}
    last = date_format(offer.until, pgettext("date format", "j F Y"))
    return _("For %(days)d days, until %(date)s.") % {"days": rules.return_days, "date": last}
