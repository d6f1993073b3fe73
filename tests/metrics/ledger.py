"""Archive lines written as rows, bare: what the archive's import would make of them."""

from typing import Any

from customers.models import Customer, Order
from faq.models import SelfServiceEntry
from surveys.models import Survey
from tests import factories
from tests.metrics.generator import CALENDAR
from tickets.models import Event, EventKind, Message, Reason, Ticket


def write(lines: list[dict[str, Any]]) -> dict[str, Ticket]:
    """Everything in `lines`; tickets by their key. People `a` and `b` are colleagues."""
    shop = factories.shop()
    factories.calendar(shop, weekly=CALENDAR["weekly"], exceptions=CALENDAR["exceptions"])
    people = {name: factories.user(f"{name}@example.com") for name in "ab"}
    reasons = {key: Reason.objects.create(key=key, what="x", why=key) for key in ("late", "broken")}
    names = sorted({line["customer"] for line in lines if line["customer"]})
    created = {name: Customer(name=name, key=name, created_at=lines[0]["opened_at"]) for name in names}
    customers = dict(zip(created, Customer.objects.bulk_create(created.values()), strict=True))
    told = [line for line in lines if line["type"] == "ticket"]
    rows = Ticket.objects.bulk_create([_ticket(line, shop, customers, reasons) for line in told])
    tickets = {line["key"]: row for line, row in zip(told, rows, strict=True)}
    for line in told:
        if line["merged_into"]:
            Ticket.objects.filter(pk=tickets[line["key"]].pk).update(merged_into=tickets[line["merged_into"]])
    Message.objects.bulk_create([_message(m, tickets[t["key"]], people) for t in told for m in t["messages"]])
    Event.objects.bulk_create([_event(e, tickets[t["key"]], people) for t in told for e in t["events"]])
    Survey.objects.bulk_create(
        [
            Survey(
                shop=shop,
                ticket=tickets[t["key"]],
                customer=customers[t["customer"]],
                channel_kind=t["channel"],
                state="sent",
                **s | {"agent": people.get(s["agent"])},
            )
            for t in told
            for s in t["surveys"]
        ]
    )
    for line in lines:
        if line["type"] == "order":
            fields = {"number": line["key"], "total": 10, "currency": "EUR", "placed_at": line["placed_at"]}
            Order.objects.create(shop=shop, customer=customers[line["customer"]], **fields)
        elif line["type"] == "self_service":
            fields = {name: line[name] for name in ("at", "kind", "confirmed")}
            SelfServiceEntry.objects.create(shop=shop, customer=customers.get(line["customer"]), **fields)
    return tickets


def _ticket(line: dict[str, Any], shop: Any, customers: dict[str, Any], reasons: dict[str, Any]) -> Ticket:
    at = line["opened_at"]
    return Ticket(
        shop=shop,
        channel_kind=line["channel"],
        customer=customers[line["customer"]],
        opened_at=at,
        opened_by_customer=line["opened_by"] == "customer",
        last_activity_at=at,
        reason=reasons.get(line["reason"]),
        spam=line["spam"],
        is_test=line["test"],
        deleted_at=at if line["deleted"] else None,
    )


def _message(line: dict[str, Any], ticket: Ticket, people: dict[str, Any]) -> Message:
    author = line["from"]
    return Message(
        ticket=ticket,
        author=author,
        customer=ticket.customer if author == "customer" else None,
        user=people.get(line.get("agent", "")),
        public=line.get("public", True),
        delivery=line.get("delivery", ""),
        at=line["at"],
        channel_kind=ticket.channel_kind,
    )


def _event(line: dict[str, Any], ticket: Ticket, people: dict[str, Any]) -> Event:
    agent = people.get(line.get("by", "").removeprefix("agent:"))
    return Event(
        ticket=ticket,
        kind=EventKind(line["kind"]),
        at=line["at"],
        actor="agent" if agent else "system",
        user=agent,
        data={"to": line["to"]} if "to" in line else {},
    )
