"""Everything that falls due: warnings, breaches, steps of the ladder, promises, solutions, the end of a snooze.

The rows are the timers. A sweep takes them in batches, the earliest first, each ticket locked and settled before
anything is told: late is allowed, twice and never are not, whatever dies and however many sweepers run.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, gettext_noop
from psycopg import ClientCursor, Cursor

from accounts.models import User
from helpdesk.lib import bulk
from tickets import actions, deadlines, escalation
from tickets.actors import SYSTEM
from tickets.events import record_all, unsaved
from tickets.models import Complaint, Deadline, Event, EventKind, Notification, Promise, Ticket
from tickets.notifications import News, notify_each

BATCH = 200
OVERDUE = gettext_lazy("{what} overdue")  # each reader hears it in their own language


def sweep(at: datetime | None = None, *, budget: float = 20.0) -> int:
    """Tell what is due, for at most `budget` seconds. Returns how many tickets were looked at."""
    at, end, done = at or timezone.now(), time.monotonic() + budget, 0
    if not _anything_due(at):
        return 0
    for due in DUE:
        while ids := list(dict.fromkeys(due(at)[:BATCH])):
            handled = _handle(ids, at)
            done += handled
            if handled < len(ids) or time.monotonic() > end:
                break
    return done


Tickets = QuerySet[Any, int]


def _breaches(at: datetime) -> Tickets:
    rows = Deadline.objects.filter(state__in=["running", "missed"], breached_at=None, due_at__lt=at)
    return rows.order_by("due_at").values_list("ticket", flat=True)


def _steps(at: datetime) -> Tickets:
    return Deadline.objects.filter(escalate_at__lte=at).order_by("escalate_at").values_list("ticket", flat=True)


def _warnings(at: datetime) -> Tickets:
    rows = Deadline.objects.filter(state="running", warned_at=None, warn_at__lte=at)
    return rows.order_by("warn_at").values_list("ticket", flat=True)


def _promises(at: datetime) -> Tickets:
    return Promise.objects.filter(kept=None, due_at__lt=at).order_by("due_at").values_list("ticket", flat=True)


def _snoozes(at: datetime) -> Tickets:
    return Ticket.objects.filter(snoozed_until__lte=at).order_by("snoozed_until").values_list("pk", flat=True)


def _arrivals(at: datetime) -> Tickets:
    rows = Ticket.objects.filter(actions.order_arrived(), snoozed_until__gt=at)
    return rows.order_by("snoozed_until").values_list("pk", flat=True)


def _solutions(at: datetime) -> Tickets:
    return _unsolved(at).values_list("ticket", flat=True)


def _unsolved(at: datetime) -> QuerySet[Complaint]:
    """Complaints whose solution was announced for a date that has passed, and that nobody was told of (S113)."""
    rows = Complaint.objects.filter(outcome="", stage__lt=Complaint.Stage.SOLVE, late_at=None, solution_due_at__lt=at)
    return rows.order_by("solution_due_at")


DUE: tuple[Callable[[datetime], Tickets], ...] = (
    _breaches,
    _steps,
    _warnings,
    _promises,
    _snoozes,
    _arrivals,
    _solutions,
)
SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _anything_due(at: datetime) -> bool:
    """One look at the indexes: most sweeps end here. One plan for all instants: to make one takes ten times as long
    as to look."""
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        try:
            cursor.execute(_question(), {"at": at}, prepare=True)
            return cursor.fetchone() is not None
        finally:
            cursor.execute("RESET plan_cache_mode")


@cache
def _question() -> str:
    """DUE as one statement, written once: the ORM takes longer to write it than the database to answer. All but the
    instant stands in it as a value, so that a plan for any instant may use the partial indexes."""
    parts = [due(SOME_TIME)[:1].query.sql_with_params() for due in DUE]
    sql = " UNION ALL ".join(f"({sql})" for sql, _parameters in parts)
    cursor = ClientCursor(connection.connection)
    written = cursor.mogrify(f"{sql} LIMIT 1", [*chain.from_iterable(values for _sql, values in parts)])
    return written.replace("%", "%%").replace(cursor.mogrify("%s", [SOME_TIME]), "%(at)s")


@transaction.atomic
def _handle(ids: list[int], at: datetime) -> int:
    """Settle these tickets, but for those that somebody is working on this instant, and tell what is due."""
    rows = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=ids)
    tickets = {one.pk: one for one in rows.select_related("shop", "customer", "channel", "assignee", "team")}
    deadlines.settle_locked([*tickets.values()], at=at)
    # Of a ticket merged away: its survivor's timeline is another lock.
    overdue = Promise.objects.filter(ticket__in=tickets, kept=None, due_at__lt=at)
    overdue.update(kept=False, judged_at=F("due_at"))
    _breach(_rows(tickets, "due_at", breached_at=None, state="missed"), at)
    _climb(_rows(tickets, "escalate_at", escalate_at__lte=at), at)
    _warn(_rows(tickets, "warn_at", warned_at=None, state="running", warn_at__lte=at), at)
    _call_in_for_complaints(tickets, at)
    for pk in _arrivals(at).filter(pk__in=[pk for pk, ticket in tickets.items() if ticket.wakes_on]):
        actions.wake_up(tickets[pk], by=SYSTEM, why=tickets[pk].wakes_on)
    for ticket in tickets.values():
        if ticket.snoozed_until is not None and ticket.snoozed_until <= at:
            actions.wake_up(ticket, by=SYSTEM, why="time")
    return len(tickets)


def _rows(tickets: dict[int, Ticket], order: str, **which: Any) -> list[Deadline]:
    rows = Deadline.objects.filter(ticket__in=tickets, **which).select_related("policy").order_by(order, "pk")
    for row in rows:
        row.ticket = tickets[row.ticket_id]
    return list(rows)


def _breach(rows: list[Deadline], at: datetime) -> None:
    """A ticket solved without a word is late all the same, but nobody can do anything about it."""
    held = Deadline.objects.filter(pk__in=[row.pk for row in rows])
    held.update(breached_at=at, warned_at=Coalesce("warned_at", Value(at)))
    late = [row for row in rows if row.ticket.is_live]
    events = _record(late, EventKind.BREACHED, [row.due_at for row in late])
    waiting = [(row, event) for row, event in zip(late, events, strict=True) if row.ended_at is None]
    _tell(waiting, Notification.Kind.BREACH, gettext_noop("Overdue: %(what)s of ticket #%(number)s"))
    held.filter(pk__in=[row.pk for row, _event in waiting]).update(escalate_at=at)  # the first step of the ladder


def _climb(rows: list[Deadline], at: datetime) -> None:
    """Nobody has answered since the last was called in: the next higher person is."""
    if not rows:
        return
    ladder = escalation.Ladder([row.ticket for row in rows], at)
    late = [row for row in rows if row.state == "missed" and row.ended_at is None and row.ticket.is_live]
    ladder.climb([(row.ticket, format_lazy(OVERDUE, what=Deadline.Kind(row.kind).label)) for row in late], by=SYSTEM)
    for row in rows:
        row.escalate_at = None
    for row in late:
        row.escalate_at = ladder.next_step(row.ticket, row.policy.escalate_every if row.policy else None)
    bulk.store(rows, ["escalate_at"])


def _call_in_for_complaints(tickets: dict[int, Ticket], at: datetime) -> None:
    """A solution that has not come calls in the next higher person, once for each announced date (S113, S141)."""
    for complaint in _unsolved(at).filter(ticket__in=tickets):
        ticket = tickets[complaint.ticket_id]
        complaint.late_at = at
        complaint.save(update_fields=["late_at"])
        if ticket.is_live:
            escalation.escalate(ticket, why=gettext_lazy("announced solution overdue"), at=at)


def _warn(rows: list[Deadline], at: datetime) -> None:
    Deadline.objects.filter(pk__in=[row.pk for row in rows]).update(warned_at=at)
    live = [row for row in rows if row.ticket.is_live]
    events = _record(live, EventKind.WARNED, [row.warn_at for row in live])
    told = list(zip(live, events, strict=True))
    _tell(told, Notification.Kind.WARNING, gettext_noop("Nearly due: %(what)s of ticket #%(number)s"))


def _record(rows: list[Deadline], kind: EventKind, moments: list[datetime | None]) -> list[Event]:
    events = [unsaved(row.ticket, kind, by=SYSTEM, at=at, **_facts(row)) for row, at in zip(rows, moments, strict=True)]
    record_all(events)
    return events


def _tell(told: list[tuple[Deadline, Event]], kind: Notification.Kind, words: str) -> None:
    """Each person their own, in one go: what is a crowd to one is told in one line."""
    news: dict[User, list[News]] = {}
    leads = cache(escalation.leads_of)
    for row, event in told:
        one = News(words, {"what": Deadline.Kind(row.kind).label}, f"{event.kind}:{row.pk}", event)
        for person in escalation.responsible(row.ticket, leads=leads):
            news.setdefault(person, []).append(one)
    for person in sorted(news, key=lambda user: user.pk):  # two sweepers write to people in the same order
        notify_each(person, kind, news[person])


def _facts(row: Deadline) -> dict[str, Any]:
    due_at = row.due_at.isoformat() if row.due_at else None
    return {"deadline": row.kind, "due_at": due_at, "target": row.target, "clock": row.clock}
