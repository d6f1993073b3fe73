"""Asking the customer what our help was worth, and what they answered."""

from typing import Any

from django.db import transaction

from tickets.actions.automatic import send_automatic
from tickets.actions.locking import locked, touch
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.events import record
from tickets.letters import Letter
from tickets.models import EventKind, Message, Ticket


@transaction.atomic
def ask_for_rating(ticket: Ticket, *, letter: Letter, words: str, kind: str) -> Message:
    """Send a survey's letter. The message keeps its `words` alone: its links are the customer's, not ours."""
    ticket = locked(ticket)
    message = send_automatic(ticket, letter, text=words)
    touch(ticket)
    record(ticket, EventKind.SURVEYED, by=SYSTEM, message=message, survey=kind)
    return message


@transaction.atomic
def record_rating(ticket: Ticket, *, kind: str, score: int, most: int, comment: str) -> Ticket:
    """Tell on the timeline what the customer answered: `score` of `most`, with their words."""
    ticket = locked(ticket)
    touch(ticket)
    record(ticket, EventKind.RATED, by=CUSTOMER, survey=kind, score=score, most=most, comment=comment)
    return ticket


@transaction.atomic
def skip_survey(ticket: Ticket, *, by: Actor, why: str = "") -> Ticket:
    """Never ask this customer about this ticket; `why` is told on its timeline. A question that has left stays."""
    ticket = locked(ticket)
    if not ticket.skip_survey:
        ticket.skip_survey = True
        touch(ticket, "skip_survey")
        told: dict[str, Any] = {"why": why[:300]} if why else {}
        record(ticket, EventKind.SURVEYED, by=by, skipped=True, **told)
    return ticket
