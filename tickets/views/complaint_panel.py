"""A complaint's case beside its conversation, ready for templates/tickets/complaint.html."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import may
from accounts.models import User
from tickets import complaints
from tickets.models import Compensation, Complaint, DeskSettings, Ticket
from tickets.views.clock import exact, moment
from tickets.views.complaint_forms import (
    KINDS,
    AdvanceForm,
    AnnounceForm,
    AskForm,
    CompensateForm,
    ConfirmForm,
    LearnForm,
    OpenForm,
)
from tickets.views.reading import Facts
from tickets.views.side import money

PHASE_TONES = {"rising": "bad", "peak": "bad", "falling": "warn", "calm": "good"}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six stages. standing: "done", "now", "next"."""

    value: int
    label: str
    standing: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A compensation as the panel shows it; `may_approve`: this reader may."""

    pk: int
    words: str
    by: str
    cause: str
    waits: bool
    may_approve: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Everything of a complaint's panel. `complaint` is None while the ticket has none."""

    ticket: Ticket
    complaint: Complaint | None
    may_write: bool
    steps: list[Step]
    phases: list[tuple[str, str]]
    phase_tone: str
    guidance: str
    due: str
    due_exact: str
    late: bool
    asked: str
    given: list[Given]
    limit: str
    forms: Mapping[str, forms.Form]
    open: str  # the form that stands open, because something in it is wrong


def case_of(
    ticket: Ticket, user: User, *, wrong: Mapping[str, forms.Form] | None = None, facts: Facts | None = None
) -> Case:
    """The panel for this reader. `wrong`: one form with its errors, by name. What the `facts` say is not there is not
    asked for."""
    now = timezone.now()
    complaint = Complaint.objects.filter(ticket=ticket).first() if facts is None or facts.has_complaint else None
    given = list(ticket.compensations.select_related("given_by")) if facts is None or facts.has_compensations else []
    limit = _limit(user, ticket) if complaint or given else Decimal()
    due_at = complaint.solution_due_at if complaint else None
    return Case(
        ticket=ticket,
        complaint=complaint,
        may_write=may(user, "ticket.write"),
        steps=_steps(complaint) if complaint else [],
        phases=[(value, str(label)) for value, label in Complaint.Phase.choices],
        phase_tone=PHASE_TONES[complaint.phase] if complaint else "",
        guidance=guidance(Complaint.Phase(complaint.phase)) if complaint else "",
        due=moment(due_at, now) if due_at else "",
        due_exact=exact(due_at) if due_at else "",
        late=bool(complaint and _late(complaint, now)),
        asked=moment(complaint.asked_at, now) if complaint and complaint.asked_at else "",
        given=_given(given, user, limit),
        limit=money(limit, ticket.shop.currency),
        forms=_forms(ticket, complaint) | dict(wrong or {}),
        open=next(iter(wrong or {}), ""),
    )


def guidance(phase: Complaint.Phase) -> str:
    """What helps in this phase of anger (S115)."""
    words = {
        Complaint.Phase.RISING: _(
            "Listen. Do not interrupt, do not explain, do not argue. Say that you are sorry and what you understood."
        ),
        Complaint.Phase.PEAK: _(
            "Let them finish. Name what they feel, thank them for saying it, offer no excuses yet."
        ),
        Complaint.Phase.FALLING: _("Now ask what you need to know, and say what you will do and until when."),
        Complaint.Phase.CALM: _("Agree on the solution, thank them, and ask whether it is settled."),
    }
    return words[phase]


def _steps(complaint: Complaint) -> list[Step]:
    standing = {True: "done", False: "next"}
    return [
        Step(
            value=stage.value,
            label=str(stage.label),
            standing="now"
            if stage == complaint.stage and not complaint.outcome
            else standing[stage <= complaint.stage],
            reachable=not complaint.outcome and complaint.stage < stage < Complaint.Stage.CLOSE,
        )
        for stage in Complaint.Stage
    ]


def _late(complaint: Complaint, now: datetime) -> bool:
    unsolved = not complaint.outcome and complaint.stage < Complaint.Stage.SOLVE
    return unsolved and complaint.solution_due_at is not None and complaint.solution_due_at < now


def _given(rows: list[Compensation], user: User, limit: Decimal) -> list[Given]:
    names = {key: str(label) for key, label in KINDS}
    return [
        Given(
            pk=one.pk,
            words=f"{names.get(one.kind, one.kind)} {money(one.amount, one.currency)}",
            by=one.given_by.full_name,
            cause=one.cause,
            waits=one.approved_at is None,
            may_approve=_may_approve(one, user, limit),
        )
        for one in rows
    ]


def _may_approve(given: Compensation, user: User, limit: Decimal) -> bool:
    waits = given.approved_at is None and given.given_by_id != user.pk
    return waits and given.amount <= limit


def _limit(user: User, ticket: Ticket) -> Decimal:
    """As actions.limit_of, but reading makes no row of settings."""
    shop = ticket.shop
    settings = DeskSettings.objects.filter(shop=shop).first() or DeskSettings(shop=shop)
    return settings.limit_of(user.role)


def _forms(ticket: Ticket, complaint: Complaint | None) -> dict[str, forms.Form]:
    if complaint is None:
        return {"open": OpenForm(initial={"requested_outcome": ticket.requested_outcome})}
    announced = {"measures": complaint.measures, "solution_due_at": complaint.solution_due_at}
    return {
        "announce": AnnounceForm(initial=announced),
        "advance": AdvanceForm(initial={"given_outcome": complaint.given_outcome}),
        "ask": AskForm(initial={"text": complaints.question(complaint)}),
        "confirm": ConfirmForm(ticket),
        "learn": LearnForm.of(complaint),
        "compensate": CompensateForm(),
    }
