"""A ticket's life as the figures read it: what was said and which states it went through, many tickets at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models.functions import Coalesce

from tickets.models import Event, EventKind, Message, Ticket
from tickets.waits import Said, start_of


class Step(NamedTuple):
    """A change of state."""

    at: datetime
    to: str
    user_id: int | None


class Row(NamedTuple):
    """The ticket's own columns that figures use."""

    pk: int
    shop_id: int
    customer_id: int
    channel_kind: str
    team_id: int | None
    reason_id: int | None
    assignee_id: int | None
    opened_at: datetime
    opened_by_customer: bool
    is_test: bool
    spam: bool
    deleted_at: datetime | None
    merged_into_id: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """One ticket. `said` and `started_at` include the tickets merged into it (KPIS 4.1); its states are its own."""

    ticket: Row
    started_at: datetime
    said: list[Said]
    steps: list[Step]
    abandoned_at: datetime | None


def load(ids: Collection[int]) -> Iterator[Timeline]:
    """The timelines of these tickets, in the order of their numbers; six queries whatever their count."""
    sources = merged_into(ids)
    everybody = set(ids).union(*sources.values()) if sources else set(ids)
    tickets = Ticket.objects.filter(pk__in=everybody).values_list(*COLUMNS)
    rows = {row[0]: Row(*row) for row in tickets}
    said = _said(everybody)
    steps, abandoned = _happened(ids)
    for pk in sorted(rows.keys() & set(ids)):
        group = [pk, *sources.get(pk, ())]
        yield Timeline(
            ticket=rows[pk],
            started_at=min(_start(rows[one], said[one]) for one in group),
            said=sorted((one for part in group for one in said[part]), key=_chronological),
            steps=steps[pk],
            abandoned_at=abandoned.get(pk),
        )


def merged_into(ids: Iterable[int]) -> dict[int, list[int]]:
    """For each of these tickets that has any: the tickets merged into it, directly or through others."""
    found: dict[int, list[int]] = {}
    survivors = {pk: {pk} for pk in ids}  # a ticket -> those of `ids` whose timeline it belongs to
    while survivors:
        below: dict[int, set[int]] = defaultdict(set)
        links = Ticket.objects.filter(merged_into__in=survivors).values_list("pk", "merged_into_id")
        for source, target in links:
            assert target is not None
            below[source] |= survivors[target]
            for survivor in survivors[target]:
                found.setdefault(survivor, []).append(source)
        survivors = below
    return found


def survivors_of(ids: Iterable[int]) -> set[int]:
    """These tickets and those that they have been merged into: all whose facts a change of them touches."""
    found = set(ids)
    frontier = found
    while frontier:
        above = Ticket.objects.filter(pk__in=frontier, merged_into__isnull=False)
        frontier = {pk for pk in above.values_list("merged_into_id", flat=True) if pk is not None} - found
        found |= frontier
    return found


# Whoever a customer has been merged into is the one who writes and buys.
BUYER = Coalesce("customer__merged_into__merged_into", "customer__merged_into", "customer_id")
COLUMNS = [BUYER if name == "customer_id" else name for name in Row._fields]
SPOKEN = ("at", "pk", "author", "user_id", "automatic", "public", "delivery", "side_id", "thanks")


def _said(ids: Collection[int]) -> dict[int, list[Said]]:
    """What was said in each ticket, in order. A call that was picked up is an answer: Said with pk 0."""
    said: dict[int, list[Said]] = defaultdict(list)
    messages = Message.objects.filter(ticket__in=ids).order_by("at", "pk")
    for ticket, *columns in messages.values_list("ticket_id", *SPOKEN):
        said[ticket].append(Said(*columns))
    calls = Event.objects.filter(ticket__in=ids, kind=EventKind.ANSWERED)
    for ticket, at, user in calls.order_by("at", "pk").values_list("ticket_id", "at", "user_id"):
        said[ticket].append(Said(at, 0, "agent", user))
        said[ticket].sort(key=_chronological)
    return said


def _chronological(one: Said) -> tuple[datetime, int, int]:
    """A call picked up in the very second of its message answers it."""
    return one.at, one.pk == 0, one.pk


def _happened(ids: Collection[int]) -> tuple[dict[int, list[Step]], dict[int, datetime]]:
    steps: dict[int, list[Step]] = defaultdict(list)
    abandoned: dict[int, datetime] = {}
    events = Event.objects.filter(ticket__in=ids, kind__in=(EventKind.STATE, EventKind.ABANDONED)).order_by("at", "pk")
    for ticket, kind, at, to, user in events.values_list("ticket_id", "kind", "at", "data__to", "user_id"):
        if kind == EventKind.STATE:
            steps[ticket].append(Step(at, to, user))
        else:
            abandoned.setdefault(ticket, at)
    return steps, abandoned


def _start(row: Row, said: list[Said]) -> datetime:
    return start_of(said, opened_at=row.opened_at, opened_by_customer=row.opened_by_customer)
