"""What shows that a row was rightly left out of a figure: who did what when, or since when a customer waits."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.models import OpenSpan, TicketFacts, WaitFact
from metrics.returns import CAME_BACK_WITHIN
from tickets.models import Author, Event, EventKind, Message, Ticket
from tickets.states import LIVE
from tickets.waits import UNREACHED

NOT_ASKED = {  # as surveys say it
    "policy off": gettext_lazy("surveys were switched off"),
    "nobody helped": gettext_lazy("nobody of us had helped"),
    "no address": gettext_lazy("the customer has no address"),
    "robot": gettext_lazy("a robot had written"),
    "asked before the reopening": gettext_lazy("had been asked before it was reopened"),
    "cool-down": gettext_lazy("had been asked not long before"),
}
DONE = {
    "spam": EventKind.SPAM,
    "deleted": EventKind.DELETED,
    "merged": EventKind.MERGED,
    "agent_started": EventKind.OPENED,
}


@dataclass(frozen=True, slots=True)
class Proof:
    """`ticket`: the number of another ticket that the words speak of; `waits`: a customer still does."""

    words: str = ""
    ticket: int | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of the tickets of a page, by their numbers: a few statements, however many rows."""

    tickets: dict[int, Ticket]
    facts: dict[int, TicketFacts]
    events: dict[tuple[int, str], Event] = field(default_factory=dict)  # the last of each kind
    waits: dict[int, WaitFact] = field(default_factory=dict)  # the first that no reply has ended before `end`
    failed: dict[int, int] = field(default_factory=dict)  # replies that never reached the customer


def proofs(rows: Iterable[Any], tickets: dict[int, Ticket], end: datetime) -> list[Proof]:
    """Of rows as Measure.excluded gives them, in their order. `end`: of the window that was asked about."""
    rows = list(rows)
    found = _found([row for row in rows if row.number is not None], tickets, end)
    return [_proof(row, found) for row in rows]


def _found(rows: list[Any], tickets: dict[int, Ticket], end: datetime) -> Found:
    found = Found(tickets, TicketFacts.objects.in_bulk({row.number for row in rows}))
    done = {row.number for row in rows if row.left_out_as in DONE}
    happened = Event.objects.filter(ticket__in=done, kind__in=DONE.values()).exclude(data__has_key="source")
    for event in happened.select_related("user").order_by("at", "pk"):
        found.events[event.ticket_id, event.kind] = event
    silent = {row.number for row in rows if row.left_out_as == "unanswered"}
    for wait in WaitFact.objects.filter(facts__in=silent).exclude(ended_at__lt=end).order_by("-started_at", "-pk"):
        found.waits[wait.facts_id] = wait
    lost = Message.objects.filter(ticket__in=silent, author=Author.AGENT, public=True, delivery__in=UNREACHED)
    found.failed.update(Counter(lost.values_list("ticket", flat=True)))
    return found


def _proof(row: Any, found: Found) -> Proof:
    why: str = row.left_out_as
    if why in DONE:
        return _done(found.events.get((row.number, DONE[why])))
    if why == "unanswered":
        return _unanswered(row.number, found)
    if why == "unsolved":
        return Proof(_unsolved(found.facts[row.number], found.tickets.get(row.number)))
    told = OF_ROW.get(why)
    return Proof(told(row) if told else "")


def _done(event: Event | None) -> Proof:
    """By whom and when. Without an event it was so from the start: a filter's judgement, an archive."""
    if event is None:
        return Proof(_("since it came in"))
    name = event.user.full_name if event.user else str(Event.Actor(event.actor).label)
    told = {"name": name, "date": _when(event.at)}
    into = event.data.get("into")
    return Proof(_("by %(name)s, %(date)s") % told, into if isinstance(into, int) else None)


def _unsolved(facts: TicketFacts, ticket: Ticket | None) -> str:
    later = facts.solved_at
    return _("solved %(date)s") % {"date": _when(later)} if later else _state(ticket)


def _unanswered(number: int, found: Found) -> Proof:
    """Since when the customer waits, or when the answer came that is too late for these days."""
    wait, failed, ticket = found.waits.get(number), found.failed.get(number, 0), found.tickets.get(number)
    if wait is None or (wait.ended_at is None and ticket and ticket.state not in LIVE):
        return Proof(_state(ticket))
    if wait.ended_at:
        return Proof(_("answered %(date)s") % {"date": _when(wait.ended_at)})
    told = _("waits since %(date)s") % {"date": _when(wait.started_at)}
    lost = ngettext("%(n)s reply did not arrive", "%(n)s replies did not arrive", failed) % {"n": failed}
    return Proof(f"{told}, {lost}" if failed else told, waits=True)


def _state(ticket: Ticket | None) -> str:
    return _("now: %(state)s") % {"state": ticket.get_state_display()} if ticket else ""


def _closed(span: OpenSpan) -> str:
    return _("closed %(date)s") % {"date": _when(span.ended_at)}


def _asked(survey: Any) -> str:
    if survey.answered_at:
        return _("rated %(date)s") % {"date": _when(survey.answered_at)}
    return _("asked %(date)s") % {"date": _when(survey.sent_at)}


def _due(row: Any) -> str:
    return _("due %(date)s") % {"date": _when(row.due_at)}


OF_ROW: dict[str, Callable[[Any], str]] = {
    "test": lambda row: _("marked as a test in the archive that it came with"),
    "too_recent": lambda row: _("counts from %(date)s on") % {"date": _when(row.first_solved_at + CAME_BACK_WITHIN)},
    "closed_unsolved": _closed,
    "no_answer": _asked,
    "bounced": lambda row: row.why,
    "not_asked": lambda row: str(NOT_ASKED.get(row.why, row.why)),
    "not_sent": _due,
    "not_due": _due,
    "unjudged": _due,
    "cancelled": _due,
}


def _when(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), _("D j M H:i")) if at else ""
