"""What was said and done on tickets, merged ones included, as far as time is concerned: one query for any number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from tickets.models import Author, EventKind, Message, Ticket
from tickets.states import DONE
from tickets.waits import Said, Wait, start_of, waits

# A merged ticket's messages are its survivor's; its states are not. `taken_back` undoes the step before it.
ROWS = """
WITH RECURSIVE family(root, id, opened_at, opened_by_customer) AS (
    SELECT id, id, opened_at, opened_by_customer FROM tickets_ticket WHERE id = ANY(%(ids)s)
    UNION
    SELECT family.root, one.id, one.opened_at, one.opened_by_customer
    FROM tickets_ticket one JOIN family ON one.merged_into_id = family.id
)
SELECT 't' AS sort, root, id AS ticket, opened_at AS at, id AS pk, '' AS word, NULL::bigint AS user_id,
       opened_by_customer AS yes, true AS public, '' AS delivery, NULL::bigint AS side_id, opened_at AS stored_at,
       false AS thanks
FROM family
UNION ALL
SELECT 'm', root, family.id, said.at, said.id, said.author, said.user_id,
       said.automatic, said.public, said.delivery, said.side_id, said.stored_at, said.thanks
FROM family JOIN tickets_message said ON said.ticket_id = family.id
UNION ALL
SELECT 'e', root, family.id, event.at, event.id,
       CASE WHEN event.kind = %(state)s THEN event.data ->> 'to' ELSE '' END, event.user_id,
       coalesce((event.data ->> 'taken_back')::boolean, false), true, event.kind, NULL::bigint, event.at, false
FROM family JOIN tickets_event event ON event.ticket_id = family.id
WHERE (event.kind = %(state)s AND family.id = family.root) OR event.kind = %(answered)s
"""

FAR = datetime.max.replace(tzinfo=UTC)


@dataclass
class Timeline:
    """One surviving ticket with what was merged into it. `tickets`: their numbers; `states`: its own steps."""

    said: list[Said] = field(default_factory=list)
    states: list[tuple[datetime, str]] = field(default_factory=list)
    tickets: set[int] = field(default_factory=set)
    stored: dict[int, datetime] = field(default_factory=dict)  # when each message reached us, by its id
    start: datetime = FAR
    learned_start: datetime = FAR

    @classmethod
    def of_first(cls, ticket: Ticket, message: Message) -> "Timeline":
        """A ticket of which only its first message exists."""
        made = cls(tickets={ticket.pk})
        one = Said(
            message.at, message.pk, message.author, message.user_id, message.automatic, message.public, message.delivery
        )
        made.said, made.stored = [one], {message.pk: message.stored_at}
        made._start([(ticket.opened_at, ticket.opened_by_customer, [one])])
        return made

    def waits(self, ticket: Ticket, *, until: datetime) -> list[Wait]:
        return waits(self.said, opened_by_customer=ticket.opened_by_customer, until=until)

    def awaited(self, ticket: Ticket, waits: list[Wait], *, until: datetime) -> list[Wait]:
        """What reply targets are about: the first answer since the start (KPIS 4.10), then every further wait.

        A call may be picked up without a word, and after a merge we may have spoken first; robots await nothing.
        """
        if not ticket.opened_by_customer:
            return waits
        further = [wait for wait in waits if not wait.first]
        reply = next((one for one in self.said if one.answers and one.at <= until), None)
        robots = len(further) == len(waits) and any(one.author == Author.CUSTOMER for one in self.said)
        if reply is None and robots:
            return further
        asked = next((one for one in self.said if one.asks and one.at == self.start), None)
        return [Wait(self.start, asked or Said(self.start, 0, Author.CUSTOMER), reply, True), *further]

    def replies(self, *, until: datetime) -> list[datetime]:
        """When people answered, calls picked up included."""
        return [one.at for one in self.said if one.answers and one.at <= until]

    def learned(self, asked: Said) -> datetime:
        """When a message reached us: a mail may be older than the promise that it finds."""
        return max(asked.at, self.stored.get(asked.pk, asked.at))

    def waiting_since(self, *, until: datetime) -> datetime | None:
        """The first message not answered since the last solve or close."""
        done = max((when for when, to in self.states if to in DONE and when <= until), default=None)
        open_since: datetime | None = None
        for one in self.said:
            if one.at > until:
                break
            if one.answers:
                open_since = None
            elif one.asks and open_since is None and (done is None or one.at > done):
                open_since = one.at
        return open_since

    def _start(self, members: Iterable[tuple[datetime, bool, list[Said]]]) -> None:
        for opened_at, by_customer, said in members:
            start = start_of(said, opened_at=opened_at, opened_by_customer=by_customer)
            if start < self.start:
                asked = next((one for one in said if one.at == start and one.asks), None)
                self.start, self.learned_start = start, self.learned(asked) if asked else start


def timelines_of(ids: list[int]) -> dict[int, Timeline]:
    """The timelines of these tickets by number; each also of what was merged into it, and into that."""
    found: dict[int, Timeline] = {}
    members: dict[int, dict[int, tuple[datetime, bool, list[Said]]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ROWS, {"ids": ids, "state": EventKind.STATE, "answered": EventKind.ANSWERED})
        rows = sorted(cursor.fetchall(), key=_reading_order)
    for row in rows:
        _add(found.setdefault(row[1], Timeline()), members.setdefault(row[1], {}), row)
    for root, timeline in found.items():
        timeline._start(members[root].values())
    return found


def _reading_order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    sort, root, _ticket, at, pk = row[:5]
    return (root, sort != "t", at, "tme".index(sort), pk)


def _add(timeline: Timeline, members: dict[int, tuple[datetime, bool, list[Said]]], row: tuple[Any, ...]) -> None:
    sort, _root, ticket, at, pk, word, user_id, yes, public, delivery, side_id, stored_at, thanks = row
    if sort == "t":
        timeline.tickets.add(ticket)
        members[ticket] = (at, yes, [])
    elif sort == "m":
        said = Said(at, pk, word, user_id, yes, public, delivery, side_id, thanks)
        timeline.said.append(said)
        timeline.stored[pk] = stored_at
        members[ticket][2].append(said)
    elif delivery == EventKind.ANSWERED:
        timeline.said.append(Said(at, 0, Author.AGENT, user_id))
    elif yes:  # a step taken back: neither it nor what it undoes has happened
        del timeline.states[-1:]
    else:
        timeline.states.append((at, word))


# A wait begins with a question that no question still open precedes, and ends with the next answer.
RECENT = """
WITH said AS (
    SELECT said.ticket_id, said.at, said.id, said.author = 'customer' AS asks
    FROM tickets_message said JOIN tickets_ticket ticket ON ticket.id = said.ticket_id
    WHERE ticket.shop_id = %(shop)s AND ticket.channel_kind = %(kind)s AND ticket.last_activity_at >= %(since)s
      AND NOT ticket.spam AND ticket.deleted_at IS NULL AND NOT ticket.is_test
      AND said.at BETWEEN %(since)s AND %(until)s AND said.public AND NOT said.automatic AND said.side_id IS NULL
      AND NOT said.thanks
      AND (said.author = 'customer' OR (said.author = 'agent' AND said.delivery NOT IN ('failed', 'cancelled')))
), steps AS (
    SELECT at, asks, lag(asks) OVER by_time AS asked_before,
           min(at) FILTER (WHERE NOT asks)
               OVER (PARTITION BY ticket_id ORDER BY at, id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS answer
    FROM said WINDOW by_time AS (PARTITION BY ticket_id ORDER BY at, id)
)
SELECT at, answer FROM steps WHERE asks AND asked_before IS NOT TRUE AND answer IS NOT NULL
ORDER BY answer DESC LIMIT %(limit)s
"""


def recent_waits(
    shop_id: int, channel_kind: str, *, since: datetime, until: datetime, limit: int = 500
) -> list[tuple[datetime, datetime]]:
    """(asked, answered) of the latest waits of a shop's channel that began and ended in between, the newest first."""
    asked: dict[str, Any] = {"shop": shop_id, "kind": channel_kind, "since": since, "until": until, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(RECENT, asked)
        return [(asked_at, answered_at) for asked_at, answered_at in cursor.fetchall()]
