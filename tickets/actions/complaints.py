"""The complaint beside a ticket: six stages, a promise for the solution, an end that only the customer can give
(S111-S116)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib.refused import Refused
from hours import words
from tickets import deadlines
from tickets.actions.locking import locked, touch
from tickets.actors import CUSTOMER, Actor
from tickets.events import record
from tickets.models import (
    Author,
    Compensation,
    Complaint,
    DeskSettings,
    EventKind,
    Message,
    Promise,
    Ticket,
)

Stage, Phase, Outcome = Complaint.Stage, Complaint.Phase, Complaint.Outcome
REMINDERS = 2  # after so many without an answer a complaint is closed unconfirmed


@transaction.atomic
def open_complaint(ticket: Ticket, *, by: Actor, requested_outcome: str = "") -> Complaint:
    """Begin the case. A ticket has one; opening it again gives the same."""
    ticket = locked(ticket)
    complaint, made = Complaint.objects.get_or_create(
        ticket=ticket, defaults={"opened_at": timezone.now(), "requested_outcome": requested_outcome[:300]}
    )
    if made:
        _tell(complaint, ticket, by=by, stage=complaint.stage)
    return complaint


@transaction.atomic
def set_phase(complaint: Complaint, *, to: Complaint.Phase, by: Actor) -> Complaint:
    """How heated the customer is: while it rises we listen, and macros that argue stay locked (S115)."""
    complaint, ticket = _locked(complaint)
    if complaint.phase != to:
        old, complaint.phase = complaint.phase, to
        complaint.save(update_fields=["phase"])
        _tell(complaint, ticket, by=by, phase=to, was=old)
    return complaint


@transaction.atomic
def announce_measures(complaint: Complaint, *, measures: str, solution_due_at: datetime, by: Actor) -> Complaint:
    """Write down what we will do and the latest date of the solution: a promise like any other (S113).

    A later date replaces the promise only while the earlier one has not passed: a broken one stays broken.
    """
    now = timezone.now()
    if not measures.strip():
        raise Refused("measures", _("Say what will be done."))
    if solution_due_at <= now:
        raise Refused("solution_due_at", _("The latest date must lie ahead."))
    complaint, ticket = _locked(complaint)
    complaint.measures, complaint.solution_due_at = measures.strip(), solution_due_at
    complaint.stage, complaint.late_at = max(complaint.stage, Stage.ANNOUNCE), None
    complaint.save(update_fields=["measures", "solution_due_at", "stage", "late_at"])
    ticket.promises.filter(place=Promise.Place.COMPLAINT, kept=None).delete()
    Promise.objects.create(
        ticket=ticket,
        place=Promise.Place.COMPLAINT,
        channel_kind=ticket.channel_kind,
        shown_at=now,
        due_at=solution_due_at,
        text=words.deadline(solution_due_at, timezone=ticket.shop.timezone, language=ticket.language, now=now),
    )
    _tell(complaint, ticket, by=by, stage=complaint.stage, due_at=solution_due_at.isoformat())
    return complaint


@transaction.atomic
def advance(complaint: Complaint, *, to: Complaint.Stage, by: Actor, given_outcome: str = "") -> Complaint:
    """Go on to a later stage. A stage left out is noted in the timeline.

    Refused (field "stage") for SOLVE and later before the customer has heard from us since the complaint was opened
    and measures are announced; for CLOSE always: only `confirm` and `close_unconfirmed` lead there.
    """
    complaint, ticket = _locked(complaint)
    if to <= complaint.stage:
        raise Refused("stage", _("The complaint is already further."))
    if to == Stage.CLOSE:
        raise Refused("stage", _("Only the customer's confirmation closes a complaint."))
    if to >= Stage.SOLVE and not (complaint.measures and _heard_from_us(complaint, ticket)):
        raise Refused("stage", _("First tell the customer what will be done, and write it down here."))
    skipped = [Stage(step).name.lower() for step in range(complaint.stage + 1, to)]
    complaint.stage = to
    complaint.given_outcome = given_outcome[:300] or complaint.given_outcome
    complaint.save(update_fields=["stage", "given_outcome"])
    if to >= Stage.SOLVE:
        _fulfil(ticket)
    _tell(complaint, ticket, by=by, stage=to, skipped=skipped)
    return complaint


@transaction.atomic
def confirm(complaint: Complaint, *, by: Actor, evidence: Message | None = None, note: str = "") -> Complaint:
    """Close it because the customer says that it is solved. Refused (field "evidence") without what shows it: a message
    of theirs, their click on the confirmation page (`by` the customer), or a note of what they said on the phone."""
    complaint, ticket = _locked(complaint)
    if complaint.outcome == Outcome.CONFIRMED:
        return complaint
    theirs = evidence is not None and evidence.author == Author.CUSTOMER and evidence.ticket_id == ticket.pk
    if not (theirs or by == CUSTOMER or note.strip()):
        raise Refused("evidence", _("Name the customer's message, or note what they said."))
    complaint.evidence, complaint.evidence_note = evidence, note.strip()
    _close(complaint, ticket, Outcome.CONFIRMED)
    record(ticket, EventKind.CONFIRMED, by=by, message=evidence, complaint=True, note=note.strip())
    deadlines.settle(ticket)
    return complaint


@transaction.atomic
def note_asked(complaint: Complaint, *, by: Actor, at: datetime | None = None) -> Complaint:
    """The customer has been asked whether it is solved: the first time, or again."""
    complaint, ticket = _locked(complaint)
    complaint.reminders += 1 if complaint.asked_at else 0
    complaint.asked_at = at or timezone.now()
    complaint.stage = max(complaint.stage, Stage.THANK)
    complaint.save(update_fields=["reminders", "asked_at", "stage"])
    _tell(complaint, ticket, by=by, asked=True, reminders=complaint.reminders)
    return complaint


@transaction.atomic
def close_unconfirmed(complaint: Complaint, *, by: Actor) -> Complaint:
    """Close it without the customer's word. Refused before they were reminded often enough."""
    complaint, ticket = _locked(complaint)
    if complaint.outcome:
        return complaint
    if complaint.asked_at is None or complaint.reminders < REMINDERS:
        words_ = _("The customer has not been asked and reminded %(count)d times yet.") % {"count": REMINDERS}
        raise Refused("stage", words_)
    _close(complaint, ticket, Outcome.UNCONFIRMED)
    _tell(complaint, ticket, by=by, outcome=Outcome.UNCONFIRMED)
    return complaint


@transaction.atomic
def deny(complaint: Complaint, *, by: Actor) -> Complaint:
    """The customer says that it is not solved: the case is open again, at the stage of announcing what comes next, and
    nobody is reminded of the old question. A confirmed one stays as it is: a new message says more."""
    complaint, ticket = _locked(complaint)
    if complaint.outcome == Outcome.CONFIRMED or (not complaint.outcome and complaint.stage <= Stage.ANNOUNCE):
        return complaint
    complaint.outcome, complaint.closed_at, complaint.asked_at, complaint.reminders = Outcome.OPEN, None, None, 0
    complaint.stage, complaint.phase = Stage.ANNOUNCE, Phase.RISING
    complaint.save(update_fields=["outcome", "closed_at", "asked_at", "reminders", "stage", "phase"])
    _tell(complaint, ticket, by=by, denied=True, stage=complaint.stage)
    return complaint


@transaction.atomic
def learn_from(
    complaint: Complaint, *, cause: str, justified: bool | None, our_fault: bool | None, place: str, prevention: str
) -> Complaint:
    """What the register keeps: justified or not, every cause counts (S116)."""
    complaint, _ticket = _locked(complaint)
    complaint.cause, complaint.place, complaint.prevention = cause[:300], place[:300], prevention
    complaint.justified, complaint.our_fault = justified, our_fault
    complaint.save(update_fields=["cause", "place", "prevention", "justified", "our_fault"])
    return complaint


@transaction.atomic
def compensate(
    ticket: Ticket, *, kind: str, amount: Decimal, currency: str, by: Actor, cause: str = ""
) -> Compensation:
    """Give something to make up. Within the giver's limit at once (S112); beyond it waits for somebody's approval.

    Refused for nothing, or in another currency than the shop's: limits are in the shop's.
    """
    assert by.user is not None
    if amount <= 0:
        raise Refused("amount", _("Expected an amount above zero."))
    ticket = locked(ticket)
    if currency != ticket.shop.currency:
        raise Refused("currency", _("Expected %(currency)s.") % {"currency": ticket.shop.currency})
    given = Compensation(ticket=ticket, kind=kind[:40], amount=amount, currency=currency, cause=cause[:300])
    given.given_by = by.user
    if amount <= limit_of(by.user, ticket):
        given.approved_by, given.approved_at = by.user, timezone.now()
    given.save()
    _tell_given(given, ticket, by)
    return given


@transaction.atomic
def approve_compensation(given: Compensation, *, by: Actor) -> Compensation:
    """Refused for one's own, and beyond one's own limit."""
    assert by.user is not None
    given = Compensation.objects.select_for_update().select_related("ticket__shop").get(pk=given.pk)
    if given.approved_at:
        return given
    if by.user.pk == given.given_by_id:
        raise Refused("approved_by", _("Somebody else must approve it."))
    if given.amount > limit_of(by.user, given.ticket):
        raise Refused("approved_by", _("It is beyond your own limit too."))
    given.approved_by, given.approved_at = by.user, timezone.now()
    given.save(update_fields=["approved_by", "approved_at"])
    _tell_given(given, locked(given.ticket), by)
    return given


def limit_of(user: User, ticket: Ticket) -> Decimal:
    """What this person may give on this ticket without asking anybody."""
    return DeskSettings.of(ticket.shop).limit_of(user.role)


def is_heated(ticket: Ticket) -> bool:
    """Whether arguing would pour oil on the fire: an open complaint before its turning point."""
    heated = Complaint.objects.filter(ticket=ticket, outcome="", phase__in=[Phase.RISING, Phase.PEAK])
    return heated.exists()


def _heard_from_us(complaint: Complaint, ticket: Ticket) -> bool:
    return ticket.messages.filter(at__gte=complaint.opened_at).replies().exists()


def _fulfil(ticket: Ticket) -> None:
    """The promised solution has come."""
    ticket.promises.filter(place=Promise.Place.COMPLAINT, fulfilled_at=None).update(fulfilled_at=timezone.now())
    deadlines.settle(ticket)


def _close(complaint: Complaint, ticket: Ticket, outcome: Complaint.Outcome) -> None:
    complaint.outcome, complaint.stage, complaint.closed_at = outcome, Stage.CLOSE, timezone.now()
    complaint.save(update_fields=["outcome", "stage", "closed_at", "evidence", "evidence_note"])
    touch(ticket)


def _tell(complaint: Complaint, ticket: Ticket, *, by: Actor, **data: Any) -> None:
    touch(ticket)
    record(ticket, EventKind.COMPLAINT, by=by, **data)


def _tell_given(given: Compensation, ticket: Ticket, by: Actor) -> None:
    touch(ticket)
    record(
        ticket,
        EventKind.COMPENSATED,
        by=by,
        what=given.kind,
        amount=str(given.amount),
        currency=given.currency,
        approved=given.approved_at is not None,
    )


def _locked(complaint: Complaint) -> tuple[Complaint, Ticket]:
    """The case as it is now, under its ticket's lock."""
    ticket = locked(complaint.ticket)
    return Complaint.objects.select_for_update().get(pk=complaint.pk), ticket
