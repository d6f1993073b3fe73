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
    """Join these tickets (keys) to those that their events name. Returns, by ticket, why that cannot be.

    What is joined already stays. Those that were joined to are settled too: they are marked pending.
    """
    wrong: dict[str, str] = {}
    batch = list(waiting)
    for first in range(0, len(batch), BATCH):
        with transaction.atomic():
            wrong |= _link(batch[first : first + BATCH])
    return wrong


def _link(waiting: list[str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
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
            wrong[one.ticket.key or ""] = f"merged into the unknown ticket {key!r}"
            continue
        one.data = {name: value for name, value in one.data.items() if name != f"{side}_key"} | {side: targets[key]}
        who = {"actor": one.actor, "user_id": one.user_id}
        target = Ticket(pk=targets[key])
        others.append(event(target, EventKind(one.kind), one.at, data={"source": one.ticket_id}, **who))
    Event.objects.bulk_update(told, ["data"])
    Event.objects.bulk_create(others)
    last = {one.ticket_id: one for one in told}
    now_in = {pk: one.data.get("into") if one.kind == EventKind.MERGED else None for pk, one in last.items()}
    for pk in _circular(now_in):
        now_in[pk], wrong[last[pk].ticket.key or ""] = None, "merged into a ticket that is merged into it"
    Ticket.objects.bulk_update([Ticket(pk=pk, merged_into_id=into) for pk, into in now_in.items()], ["merged_into"])
    _follow(waiting)
    _settle_later({other.ticket_id for other in others})
    return wrong


def _circular(now_in: dict[int, int | None]) -> list[int]:
    """Which of these merges would close a circle; without those that are named none does."""
    above, frontier = dict(now_in), {into for into in now_in.values() if into}
    while frontier := frontier - above.keys():
        stored = dict(Ticket.objects.filter(pk__in=frontier).values_list("pk", "merged_into_id"))
        above |= stored
        frontier = {into for into in stored.values() if into}
    found = []
    for pk in now_in:
        up, seen = above[pk], set[int]()
        while up is not None and up != pk and up not in seen:
            seen.add(up)
            up = above.get(up)
        if up == pk:
            above[pk] = None
            found.append(pk)
    return found


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
