"""Customers with every name they go by, and their orders."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from customers.identify import normalise_email, normalise_phone
from customers.models import Customer, Identity, Order
from helpdesk.lib.bulk import insert
from metrics.archive.fields import ABSENT, BadLine, Fields
from metrics.archive.keys import Keys
from metrics.archive.lines.line import Line, Result
from metrics.archive.lines.rows import put

Name = tuple[str, str, str]  # kind, value, label
MOST = Decimal(10) ** 10


def store_customers(lines: list[Line], keys: Keys) -> None:
    """Write a batch of customers. A keyless customer with one of their addresses is them."""
    known = {row.key: row for row in Customer.objects.filter(key__in=[line.key for line in lines])}
    read: list[tuple[Line, dict[str, Any], list[Name]]] = []
    for line in lines:
        try:
            read.append((line, _customer_values(line), _names(line.fields)))
        except BadLine as problem:
            line.problem = problem
    values = [value for _line, _values, names in read for _kind, value, _label in names]
    taken = {
        (identity.kind, identity.value): identity.customer
        for identity in Identity.objects.filter(value__in=values).select_related("customer")
    }
    fresh: list[tuple[Customer, list[Name]]] = []
    for line, columns, names in read:
        simple = line.key not in known and not any(name[:2] in taken for name in names)
        if not simple:
            line.result = _store_one(line, known.get(line.key), columns, names, taken)
            continue
        row = Customer(key=line.key, **columns | {"created_at": columns["created_at"] or timezone.now()})
        fresh.append((row, names))
        known[line.key] = row
        taken.update({name[:2]: row for name in names})
        line.result = Result.CREATED
    insert(row for row, _names in fresh)
    Identity.objects.bulk_create(
        [
            Identity(customer=row, kind=kind, value=value, label=label)
            for row, names in fresh
            for kind, value, label in names
        ]
    )


def link_customers() -> None:
    """Set `merged_into` of customers whose survivor may have stood later in the file."""
    waiting = Customer.objects.filter(extra__has_key="merged_into")
    for row in waiting:
        survivor = Customer.objects.filter(key=row.extra["merged_into"]).exclude(pk=row.pk).first()
        if survivor:
            with transaction.atomic():
                row.extra.pop("merged_into")
                row.merged_into = survivor
                row.save(update_fields=["extra", "merged_into"])


def written_customers() -> Iterator[dict[str, Any]]:
    rows = Customer.objects.select_related("merged_into").prefetch_related("identities").order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        names = list(row.identities.all())
        others = [name for name in names if name.kind not in ("email", "phone")]
        yield {
            "type": "customer",
            "key": row.key,
            "name": row.name,
            "emails": [name.value for name in names if name.kind == "email"],
            "phones": [name.value for name in names if name.kind == "phone"],
            **({"identities": [_written_name(name) for name in others]} if others else {}),
            "postcode": row.postcode,
            "language": row.language,
            "timezone": row.timezone,
            "created_at": row.created_at.isoformat(),
            "vip": row.vip,
            **({"notes": row.notes} if row.notes else {}),
            **({"merged_into": row.merged_into.key} if row.merged_into else {}),
            **row.extra,
        }


def _written_name(name: Identity) -> dict[str, str]:
    return {"kind": name.kind, "value": name.value} | ({"label": name.label} if name.label else {})


def _customer_values(line: Line) -> dict[str, Any]:
    fields = line.fields
    values = {
        "name": fields.text("name", "")[:200],
        "postcode": fields.text("postcode", "", longest=20),
        "language": fields.text("language", "", longest=8),
        "timezone": fields.zone("timezone", ""),
        "created_at": fields.instant("created_at", None),
        "vip": fields.flag("vip", False),
        "notes": fields.text("notes", ""),
    }
    for asked in ("emails", "phones", "identities"):
        fields.take(asked, None)
    survivor = fields.key("merged_into", "")
    return values | {"extra": fields.rest() | ({"merged_into": survivor} if survivor else {})}


def _names(fields: Fields) -> list[Name]:
    """Every address of this customer, normalised, each once."""
    names: list[Name] = []
    for n, email in enumerate(fields.texts("emails", longest=320)):
        if not (value := normalise_email(email)):
            raise fields.refuse(f"emails[{n}]", f"{email!r} is no e-mail address")
        names.append(("email", value, ""))
    for n, number in enumerate(fields.texts("phones", longest=60)):
        if not (value := normalise_phone(number)):
            raise fields.refuse(f"phones[{n}]", f"{number!r}: expected +33612345678")
        names.append(("phone", value, ""))
    for entry in fields.each("identities"):
        kind = entry.choice("kind", Identity.Kind.values)
        names.append((kind, entry.text("value", longest=320), entry.text("label", "", longest=200)))
    return list({name[:2]: name for name in names}.values())


def _store_one(
    line: Line, row: Customer | None, columns: dict[str, Any], names: list[Name], taken: dict[Any, Customer]
) -> Result:
    """Update or adopt. An address that is another customer's stays theirs, which is noted."""
    if row is None:
        row = next((taken[name[:2]] for name in names if name[:2] in taken and not taken[name[:2]].key), None)
    new = row is None
    row = row or Customer()
    columns["created_at"] = columns["created_at"] or row.created_at or timezone.now()
    if row.merged_into_id:
        columns["extra"].pop("merged_into", None)
    result = put(row, columns | {"key": line.key}, new=new)
    for kind, value, label in names:
        owner = taken.get((kind, value))
        if owner is None:
            Identity.objects.get_or_create(kind=kind, value=value, defaults={"customer": row, "label": label})
            taken[kind, value] = row
        elif owner != row:
            line.notes.append(f"{kind} {value} belongs to the customer {owner.key or owner.pk} and stays there")
    return result


def store_orders(lines: list[Line], keys: Keys) -> None:
    """Write a batch of orders. A keyless order of the same shop and number is this one."""
    keys.know(customers=[line.fields.values.get("customer") for line in lines])
    known = {row.key: row for row in Order.objects.filter(key__in=[line.key for line in lines])}
    read: list[tuple[Line, dict[str, Any]]] = []
    for line in lines:
        try:
            read.append((line, _order_values(line.fields, keys)))
        except BadLine as problem:
            line.problem = problem
    numbers = [values["number"] for _line, values in read]
    by_number = {(row.shop_id, row.number): row for row in Order.objects.filter(number__in=numbers)}
    fresh: list[Order] = []
    for line, values in read:
        namesake = by_number.get((values["shop"].pk, values["number"]))
        row = known.get(line.key)
        if namesake and namesake.key not in (None, line.key):
            words = f"order {values['number']} of this shop is {namesake.key!r} already"
            line.problem = line.fields.refuse("number", words)
        elif row or namesake:
            line.result = put(row or namesake, values | {"key": line.key}, new=False)  # type: ignore[arg-type]
        else:
            made = Order(key=line.key, **values)
            fresh.append(made)
            known[line.key] = by_number[values["shop"].pk, values["number"]] = made
            line.result = Result.CREATED
    insert(fresh)


def written_orders() -> Iterator[dict[str, Any]]:
    rows = Order.objects.select_related("shop", "customer").order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        yield {
            "type": "order",
            "key": row.key,
            "shop": row.shop.key,
            "customer": row.customer.key,
            "number": row.number,
            "placed_at": row.placed_at.isoformat(),
            "total": str(row.total),
            "currency": row.currency,
            "status": row.status,
            "items": row.items,
            "tracking": row.tracking,
            **row.extra,
        }


def _order_values(fields: Fields, keys: Keys) -> dict[str, Any]:
    shop = keys.shop(fields)
    steps = {"at": fields.object("at")} if "at" in fields.values else {}  # when it came to each, as stores tell it
    return {
        "shop": shop,
        "customer_id": keys.customer(fields),
        "number": fields.text("number", longest=60),
        "placed_at": fields.instant("placed_at"),
        "total": _money(fields, "total"),
        "currency": _currency(fields, shop.currency),
        "status": fields.text("status", "", longest=40),
        "items": [_item(item) for item in fields.each("items")],
        "tracking": fields.object("tracking"),
        "extra": fields.rest() | steps,
    }


def _item(fields: Fields) -> dict[str, Any]:
    """As it came, once what is known of it can be read: figures reckon with quantities and prices."""
    fields.whole("quantity", None)
    if isinstance(fields.take("price", "0"), bool | str | list | dict):  # what the API took as a number stays one
        _money(fields, "price", "0")
    _currency(fields, "")
    return fields.values


def _currency(fields: Fields, default: str) -> str:
    code = fields.text("currency", default)
    if code != default and not re.fullmatch("[A-Z]{3}", code):
        raise fields.refuse("currency", f"expected three capital letters, for example EUR, not {code!r}")
    return code


def _money(fields: Fields, name: str, default: Any = ABSENT) -> Decimal:
    value = fields.take(name, default)
    try:
        amount = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) >= MOST:
        raise fields.refuse(name, 'expected an amount as text, "59.90"')
    return amount.quantize(Decimal("0.01"))
