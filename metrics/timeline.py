"""A ticket's life as the figures read it: what was said and which states it went through, many tickets at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import connection

from customers.merge import SURVIVOR
from tickets.models import EventKind
from tickets.waits import Said, start_of

Values = tuple[Any, ...]


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
    about_order: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """One ticket. `said` and `started_at` include the tickets merged into it (KPIS 4.1); its states are its own."""

    ticket: Row
    started_at: datetime
    said: list[Said]
    steps: list[Step]
    abandoned_at: datetime | None


# A ticket with those merged into it, directly or through others; UNION ends where merges run in a circle. Whoever a
# customer has been merged into is the one who writes and buys.
FAMILIES = f"""
WITH RECURSIVE family(root, id) AS (
    SELECT id, id FROM tickets_ticket WHERE id = ANY(%(ids)s)
    UNION
    SELECT family.root, one.id FROM tickets_ticket one JOIN family ON one.merged_into_id = family.id
)
SELECT root, ticket.id, shop_id,
       coalesce({SURVIVOR.format("above.merged_into_id")}, buyer.merged_into_id, customer_id), channel_kind, team_id,
       reason_id, assignee_id, opened_at, opened_by_customer, is_test, spam, deleted_at, ticket.merged_into_id,
       EXISTS (SELECT FROM tickets_ticket_orders link WHERE link.ticket_id = ticket.id)
FROM family JOIN tickets_ticket ticket USING (id) JOIN customers_customer buyer ON buyer.id = customer_id
LEFT JOIN customers_customer above ON above.id = buyer.merged_into_id
ORDER BY root, ticket.id <> root, ticket.id
"""  # noqa: S608

# Notes and what is said aside neither ask nor answer.
SAID = """
SELECT ticket_id, at, id, author, user_id, automatic, public, delivery, side_id, thanks FROM tickets_message
WHERE ticket_id = ANY(%(ids)s) AND public AND side_id IS NULL ORDER BY ticket_id, at, id
"""

HAPPENED = """
SELECT ticket_id, kind, at, data ->> 'to', user_id, coalesce((data ->> 'taken_back')::boolean, false)
FROM tickets_event WHERE ticket_id = ANY(%(ids)s) AND kind = ANY(%(kinds)s) ORDER BY ticket_id, at, id
"""
KINDS = [EventKind.STATE.value, EventKind.ABANDONED.value, EventKind.ANSWERED.value]


def load(ids: Collection[int]) -> Iterator[Timeline]:
    """The timelines of these tickets, in the order of their numbers; two queries whatever their count."""
    (families,) = at_once(FAMILIES, ids=list(ids))
    messages, events = at_once(SAID, HAPPENED, ids=list({row[1] for row in families}), kinds=KINDS)
    said: dict[int, list[Said]] = defaultdict(list)
    for ticket, *columns in messages:
        said[ticket].append(Said(*columns))
    steps, abandoned = _happened(events, said)
    for _root, members in groupby(families, key=lambda row: row[0]):
        own, *merged = [Row(*member[1:]) for member in members]
        spoken = said[own.pk]
        started = _start(own, spoken)
        if merged:
            started = min(started, *(_start(one, said[one.pk]) for one in merged))
            spoken = sorted((one for part in (own, *merged) for one in said[part.pk]), key=_chronological)
        yield Timeline(own, started, spoken, steps[own.pk], abandoned.get(own.pk))


def _happened(events: list[Values], said: dict[int, list[Said]]) -> tuple[dict[int, list[Step]], dict[int, datetime]]:
    """Changes of state, less those taken back, and when a ticket was abandoned. A call that was picked up is an
    answer: it joins what was said, with pk 0."""
    steps: dict[int, list[Step]] = defaultdict(list)
    abandoned: dict[int, datetime] = {}
    for ticket, kind, at, to, user, taken_back in events:
        if kind == EventKind.ANSWERED:
            said[ticket].append(Said(at, 0, "agent", user))
            said[ticket].sort(key=_chronological)
        elif kind == EventKind.ABANDONED:
            abandoned.setdefault(ticket, at)
        elif taken_back:  # together with the step that it undoes it never happened
            del steps[ticket][-1:]
        else:
            steps[ticket].append(Step(at, to, user))
    return steps, abandoned


def _chronological(one: Said) -> tuple[datetime, int, int]:
    """A call picked up in the very second of its message answers it."""
    return one.at, one.pk == 0, one.pk


def _start(row: Row, said: list[Said]) -> datetime:
    return start_of(said, opened_at=row.opened_at, opened_by_customer=row.opened_by_customer)


def at_once(*statements: str, **values: Any) -> list[list[Values]]:
    """The rows of each of these statements, asked in one go: for a single ticket the ways there and back cost most."""
    with connection.cursor() as cursor:
        cursor.execute(";".join(statements), values)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found
