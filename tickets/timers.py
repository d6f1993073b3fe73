"""Everything that falls due: warnings, breaches, steps of the ladder, broken promises, the end of a snooze.

The rows are the timers. A sweep takes them in batches, the earliest first, each ticket locked and settled before
anything is told: late is allowed, twice and never are not, whatever dies and however many sweepers run.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from tickets import actions, deadlines, escalation
from tickets.actors import SYSTEM
from tickets.events import record
from tickets.models import Deadline, EventKind, Notification, Promise, Ticket
from tickets.notifications import notify

BATCH = 200
STALE = timedelta(minutes=15)  # due longer ago than this when first seen: the sweep had stopped


def sweep(at: datetime | None = None, *, budget: float = 20.0) -> int:
    """Tell what is due, for at most `budget` seconds. Returns how many tickets were looked at."""
    at, end, done = at or timezone.now(), time.monotonic() + budget, 0
    if not _anything_due(at):
        return 0
    late: Counter[User] = Counter()
    for due in DUE:
        while ids := list(dict.fromkeys(due(at)[:BATCH])):
            handled = _handle(ids, at, late)
            done += handled
            if handled < len(ids) or time.monotonic() > end:
                break
    _tell_of_outage(late, at)
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


DUE: tuple[Callable[[datetime], Tickets], ...] = (_breaches, _steps, _warnings, _promises, _snoozes)
SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def _anything_due(at: datetime) -> bool:
    """One look at the indexes: most sweeps end here."""
    sql, parameters = _question()
    with connection.cursor() as cursor:
        cursor.execute(sql, [at if one == SOME_TIME else one for one in parameters])
        return cursor.fetchone() is not None


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """DUE as one statement, written once: the ORM takes longer to write it than the database to answer."""
    parts = [due(SOME_TIME)[:1].query.sql_with_params() for due in DUE]
    sql = " UNION ALL ".join(f"({sql})" for sql, _parameters in parts)
    return f"{sql} LIMIT 1", tuple(chain.from_iterable(parameters for _sql, parameters in parts))


@transaction.atomic
def _handle(ids: list[int], at: datetime, late: Counter[User]) -> int:
    """Settle these tickets, but for those that somebody is working on this instant, and tell what is due."""
    rows = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=ids)
    tickets = {one.pk: one for one in rows.select_related("shop", "customer", "channel", "assignee", "team")}
    deadlines.settle_locked([*tickets.values()], at=at)
    overdue = Promise.objects.filter(ticket__in=tickets, kept=None, due_at__lt=at)
    for promise in overdue:  # of a ticket merged away: its survivor's timeline is another lock
        promise.kept, promise.judged_at = False, promise.due_at
        promise.save(update_fields=["kept", "judged_at"])
    missed = Deadline.objects.filter(ticket__in=tickets, breached_at=None, state="missed").select_related("policy")
    for row in missed.order_by("due_at", "pk"):
        _breach(row, tickets[row.ticket_id], at, late)
    climbing = Deadline.objects.filter(ticket__in=tickets, escalate_at__lte=at).select_related("policy")
    for row in climbing.order_by("escalate_at", "pk"):
        _climb(row, tickets[row.ticket_id], at)
    due = Deadline.objects.filter(ticket__in=tickets, warned_at=None, state="running", warn_at__lte=at)
    for row in due.order_by("warn_at", "pk"):
        _warn(row, tickets[row.ticket_id], at)
    for ticket in tickets.values():
        if ticket.snoozed_until is not None and ticket.snoozed_until <= at:
            actions.wake_up(ticket, by=SYSTEM, why="time")
    return len(tickets)


def _breach(row: Deadline, ticket: Ticket, at: datetime, late: Counter[User]) -> None:
    assert row.due_at is not None
    row.breached_at, row.warned_at = at, row.warned_at or at
    row.save(update_fields=["breached_at", "warned_at"])
    if not ticket.is_live:
        return  # a ticket solved without a word is late all the same, but nobody can do anything about it
    event = record(ticket, EventKind.BREACHED, by=SYSTEM, at=row.due_at, **_facts(row))
    if row.ended_at is not None:
        return
    people = escalation.responsible(ticket)
    if row.due_at < at - STALE:
        late.update(people)
        return
    for one in people:
        with translation.override(one.language or ticket.shop.default_language):
            text = _("Overdue: %(what)s of ticket #%(number)s") % {"what": row.get_kind_display(), "number": ticket.pk}
            kind = Notification.Kind.BREACH
            notify(one, kind, ticket=ticket, text=text, cause=f"breached:{row.pk}", event=event)
    _call_in(row, ticket, at)


def _climb(row: Deadline, ticket: Ticket, at: datetime) -> None:
    """Nobody has answered since the last was called in: the next higher person is."""
    if row.state == Deadline.State.MISSED and row.ended_at is None and ticket.is_live:
        _call_in(row, ticket, at)
    else:
        row.escalate_at = None
        row.save(update_fields=["escalate_at"])


def _call_in(row: Deadline, ticket: Ticket, at: datetime) -> None:
    escalation.escalate(ticket, why=_("%(what)s overdue") % {"what": row.get_kind_display()}, at=at)
    row.escalate_at = escalation.next_step(ticket, row.policy.escalate_every if row.policy else None, at)
    row.save(update_fields=["escalate_at"])


def _warn(row: Deadline, ticket: Ticket, at: datetime) -> None:
    row.warned_at = at
    row.save(update_fields=["warned_at"])
    if not ticket.is_live:
        return
    event = record(ticket, EventKind.WARNED, by=SYSTEM, at=row.warn_at, **_facts(row))
    for one in escalation.responsible(ticket):
        with translation.override(one.language or ticket.shop.default_language):
            words = {"what": row.get_kind_display(), "number": ticket.pk}
            text = _("Nearly due: %(what)s of ticket #%(number)s") % words
            kind = Notification.Kind.WARNING
            notify(one, kind, ticket=ticket, text=text, cause=f"warned:{row.pk}", event=event)


def _facts(row: Deadline) -> dict[str, Any]:
    due_at = row.due_at.isoformat() if row.due_at else None
    return {"deadline": row.kind, "due_at": due_at, "target": row.target, "clock": row.clock}


def _tell_of_outage(late: Counter[User], at: datetime) -> None:
    """One notification each instead of a storm, for what fell due while no sweep ran."""
    for one, count in late.items():
        with translation.override(one.language or "en"):
            text = _("%(count)d tickets became overdue while the timers stood still.") % {"count": count}
            notify(one, Notification.Kind.BREACH, ticket=None, text=text, cause=f"late:{at.isoformat()}")
