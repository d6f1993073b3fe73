"""What joins tickets, once all of them are there: merges, unmerges and follow-ups, in the shape of the actions."""

from collections.abc import Iterable

from django.db import transaction

from metrics.archive import keys
from metrics.archive.lines.events import MARK, event
from metrics.archive.models import ArchiveLine
from tickets.models import Event, EventKind, Ticket

BATCH = 500
SIDES = {EventKind.MERGED.value: "into", EventKind.UNMERGED.value: "out_of"}


def link(waiting: Iterable[str]) -> dict[str, str]:
    """Join these tickets (keys) to those that their events name. Returns, by ticket, the key that nobody has.

    What is joined already stays. Those that were joined to are settled too: they are marked pending.
    """
    missing: dict[str, str] = {}
    batch = list(waiting)
    for first in range(0, len(batch), BATCH):
        with transaction.atomic():
            missing |= _link(batch[first : first + BATCH])
    return missing


def _link(waiting: list[str]) -> dict[str, str]:
    missing: dict[str, str] = {}
    rows = Event.objects.filter(ticket__key__in=waiting, kind__in=SIDES, request_id=MARK).exclude(
        data__has_key="source"
    )
    told = list(rows.select_related("ticket").order_by("ticket", "at", "pk"))
    targets = keys.tickets(one.data.get(f"{SIDES[one.kind]}_key") for one in told)
    others: list[Event] = []
    for one in told:
        side = SIDES[one.kind]
        if (key := one.data.get(f"{side}_key")) is None:
            continue
        if key not in targets:
            missing[one.ticket.key or ""] = key
            continue
        one.data = {name: value for name, value in one.data.items() if name != f"{side}_key"} | {side: targets[key]}
        who = {"actor": one.actor, "user_id": one.user_id}
        target = Ticket(pk=targets[key])
        others.append(event(target, EventKind(one.kind), one.at, data={"source": one.ticket_id}, **who))
    Event.objects.bulk_update(told, ["data"])
    Event.objects.bulk_create(others)
    last = {one.ticket_id: one for one in told}
    now_in = [(pk, one.data.get("into") if one.kind == EventKind.MERGED else None) for pk, one in last.items()]
    Ticket.objects.bulk_update([Ticket(pk=pk, merged_into_id=into) for pk, into in now_in], ["merged_into"])
    _follow(waiting)
    _settle_later({other.ticket_id for other in others})
    return missing


def _follow(waiting: list[str]) -> None:
    """Tickets that follow a closed one: the link, and the number in the event of their opening."""
    rows = list(Ticket.objects.filter(key__in=waiting, extra__has_key="follows"))
    targets = keys.tickets(row.extra["follows"] for row in rows)
    rows = [row for row in rows if row.extra["follows"] in targets]
    for row in rows:
        row.follows_id = targets[row.extra.pop("follows")]
        row.events.filter(kind=EventKind.OPENED, request_id=MARK).update(data={"follows": row.follows_id})
    Ticket.objects.bulk_update(rows, ["extra", "follows"])


def _settle_later(ids: set[int]) -> None:
    named = Ticket.objects.filter(pk__in=ids).values_list("key", flat=True)
    ArchiveLine.objects.filter(type="ticket", key__in=list(named)).update(pending=True)
