"""The deadlines of one ticket as its head shows them, and why it stands where it does in the list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.lib import compiled
from tickets.models import Clock, Deadline, Ticket
from tickets.views.clock import Due, Times, exact, moment, span


@dataclass(frozen=True, slots=True)
class Target:
    """One countdown: what for, how it stands, and the instant in full."""

    label: str
    due: Due
    exact: str


@dataclass(frozen=True, slots=True)
class Targets:
    """Everything of the line below a ticket's title. `why`: what puts it where it is in the list."""

    targets: list[Target]
    promised: str
    why: str


def targets_of(ticket: Ticket, now: datetime, promised: datetime | None) -> Targets:
    """The reply awaited, the solution promised, and until when the customer was told to wait: one query."""
    rows = compiled.found(_standing, "deadlines", ticket.pk)
    reply = next((row for row in reversed(rows) if row.kind != Deadline.Kind.RESOLUTION and not row.ended_at), None)
    solution = next((row for row in reversed(rows) if row.kind == Deadline.Kind.RESOLUTION), None)
    stands = Times(now).due(ticket.due_at, ticket.waiting_since, ticket.state)
    shown = [Target(pgettext("deadline", "Reply"), stands, exact(ticket.due_at) if ticket.due_at else "")]
    if solution is not None and not ticket.is_done:
        words = exact(solution.due_at) if solution.due_at else ""
        shown.append(Target(pgettext("deadline", "Solution"), _solution(solution, now), words))
    return Targets(shown, moment(promised, now) if promised else "", _why(ticket, reply, now))


def _standing(ticket: int) -> QuerySet[Deadline]:
    return Deadline.objects.filter(ticket=ticket).exclude(state=Deadline.State.CANCELLED).select_related("policy")


def _solution(row: Deadline, now: datetime) -> Due:
    if row.due_at is None:
        return Due("paused", _("paused"))
    return Times(now).running(row.due_at, row.started_at)


def _why(ticket: Ticket, row: Deadline | None, now: datetime) -> str:
    """One sentence: since when somebody waits, and what was promised to them."""
    if ticket.waiting_since is None or ticket.is_done:
        return ""
    waiting = {"since": moment(ticket.waiting_since, now)}
    if row is None:
        return _("Waiting since %(since)s; the shop's own promise counts") % waiting
    target = {"target": span_of(row.target), "policy": row.policy.name if row.policy else "—"} | waiting
    if row.clock == Clock.BUSINESS:
        return _("Waiting since %(since)s; “%(policy)s”: %(target)s of opening hours") % target
    return _("Waiting since %(since)s; “%(policy)s”: %(target)s, day and night") % target


def span_of(seconds: int) -> str:
    """A target as people say it: 48 s, 24 min, 1 h 12, 3 d."""
    return span(timedelta(seconds=seconds))
