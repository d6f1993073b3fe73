"""What shoppers settled alone."""

from collections.abc import Iterator
from typing import Any

from faq.models import SelfServiceEntry
from helpdesk.lib.bulk import insert
from metrics.archive.fields import BadLine
from metrics.archive.keys import Keys
from metrics.archive.lines.line import Line, Result
from metrics.archive.lines.rows import put


def store_entries(lines: list[Line], keys: Keys) -> None:
    keys.know(customers=[line.fields.values.get("customer") for line in lines])
    known = {row.key: row for row in SelfServiceEntry.objects.filter(key__in=[line.key for line in lines])}
    fresh: list[SelfServiceEntry] = []
    for line in lines:
        try:
            values = _values(line, keys)
        except BadLine as problem:
            line.problem = problem
            continue
        row = known.get(line.key)
        if row:
            line.result = put(row, values, new=False)
        else:
            known[line.key] = made = SelfServiceEntry(key=line.key, **values)
            fresh.append(made)
            line.result = Result.CREATED
    insert(fresh)


def written_entries() -> Iterator[dict[str, Any]]:
    rows = SelfServiceEntry.objects.select_related("shop", "customer").order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        yield {
            "type": "self_service",
            "key": row.key,
            "shop": row.shop.key,
            "at": row.at.isoformat(),
            "kind": row.kind,
            **({"customer": row.customer.key} if row.customer else {}),
            "confirmed": row.confirmed,
            **row.extra,
        }


def _values(line: Line, keys: Keys) -> dict[str, Any]:
    fields = line.fields
    return {
        "shop": keys.shop(fields),
        "kind": fields.choice("kind", SelfServiceEntry.Kind.values),
        "at": fields.instant("at"),
        "customer_id": keys.customer(fields) if fields.key("customer", "") else None,
        "confirmed": fields.flag("confirmed", False),
        "extra": fields.rest(),
    }
