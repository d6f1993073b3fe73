"""Everything that falls due: warnings, breaches, broken promises, the end of a snooze.

The rows are the timers. A sweep takes them in batches, the earliest first, each ticket locked and settled before
anything is told: late is allowed, twice and never are not, whatever dies and however many sweepers run.
"""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
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
    late: Counter[User] = Counter()
    for due in (_breaches, _warnings, _promises, _snoozes):
        while ids := due(at):
            handled = _handle(ids, at, late)
            done += handled
            if handled < len(ids) or time.monotonic() > end:
                break
    _tell_of_outage(late, at)
    return done


def _breaches(at: datetime) -> list[int]:
    rows = Deadline.objects.filter(state__in=["running", "missed"], breached_at=None, due_at__lt=at)
    return _tickets(rows.order_by("due_at"))


def _warnings(at: datetime) -> list[int]:
    return _tickets(Deadline.objects.filter(state="running", warned_at=None, warn_at__lte=at).order_by("warn_at"))


def _promises(at: datetime) -> list[int]:
    return _tickets(Promise.objects.filter(kept=None, due_at__lt=at).order_by("due_at"))


def _snoozes(at: datetime) -> list[int]:
    rows = Ticket.objects.filter(snoozed_until__lte=at).order_by("snoozed_until")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def _tickets(rows: QuerySet[Deadline] | QuerySet[Promise]) -> list[int]:
    return list(dict.fromkeys(rows.values_list("ticket", flat=True)[:BATCH]))


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
    for row in Deadline.objects.filter(ticket__in=tickets, breached_at=None, state="missed").order_by("due_at", "pk"):
        _breach(row, tickets[row.ticket_id], at, late)
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
    escalation.escalate(ticket, why=_("%(what)s overdue") % {"what": row.get_kind_display()}, at=at)


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
