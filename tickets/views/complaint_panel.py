"""A complaint's case beside its conversation, ready for templates/tickets/complaint.html."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import may
from accounts.models import User
from helpdesk.lib import compiled
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
PARTS = {  # icon, words, where its form is sent
    "open": ("warn", gettext_lazy("Open a case"), "open-complaint"),
    "announce": ("hand", gettext_lazy("Announce measures"), "announce-measures"),
    "advance": ("right", gettext_lazy("Go on to a later stage"), "advance-complaint"),
    "ask": ("send", gettext_lazy("Ask the customer whether it is solved"), "ask-customer"),
    "confirm": ("check", gettext_lazy("The customer says that it is solved"), "confirm-complaint"),
    "learn": ("book", gettext_lazy("What we learn from it"), "learn-from"),
    "compensate": ("gift", gettext_lazy("Compensate"), "compensate"),
}


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
class Part:
    """A form of the case under its summary. `form` is None where it stands closed: it is fetched when it is opened."""

    name: str
    icon: str
    words: str
    action: str
    hint: str
    form: forms.Form | None

    @property
    def is_open(self) -> bool:
        return self.form is not None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything of a complaint's panel. `complaint` is None while the ticket has none."""

    ticket: Ticket
    complaint: Complaint | None
    may_write: bool
    steps: tuple[Step, ...]
    phases: tuple[tuple[str, str], ...]
    phase_tone: str
    guidance: str
    due: str
    due_exact: str
    late: bool
    asked: str
    given: list[Given]
    parts: list[Part]

    @property
    def opened(self) -> Part | None:
        return next((part for part in self.parts if part.is_open), None)


def case_of(
    ticket: Ticket,
    user: User,
    *,
    wrong: Mapping[str, forms.Form] | None = None,
    asked: str = "",
    facts: Facts | None = None,
) -> Case:
    """The panel for this reader. `wrong`: one form with its errors, by name. `asked`: the form to open instead of the
    one that the case waits for. What the `facts` say is not there is not asked for."""
    now = timezone.now()
    found = compiled.found(_complaint, "complaint", ticket.pk) if facts is None or facts.has_complaint else []
    complaint = found[0] if found else None
    if complaint:
        complaint.ticket = ticket
    given = compiled.found(_compensations, "given", ticket.pk) if facts is None or facts.has_compensations else []
    limit = _limit(user, ticket) if complaint or given else Decimal()
    due_at = complaint.solution_due_at if complaint else None
    may_write = may(user, "ticket.write")
    opened, form = next(iter((wrong or {}).items()), (asked or _awaited(complaint), None))
    return Case(
        ticket=ticket,
        complaint=complaint,
        may_write=may_write,
        steps=_steps(complaint) if complaint else (),
        phases=tuple((value, str(label)) for value, label in Complaint.Phase.choices),
        phase_tone=PHASE_TONES[complaint.phase] if complaint else "",
        guidance=guidance(Complaint.Phase(complaint.phase)) if complaint else "",
        due=moment(due_at, now) if due_at else "",
        due_exact=exact(due_at) if due_at else "",
        late=bool(complaint and _late(complaint, now)),
        asked=moment(complaint.asked_at, now) if complaint and complaint.asked_at else "",
        given=_given(given, user, limit),
        parts=[
            _part(name, limit, ticket, (form or _form(name, ticket, complaint)) if name == opened else None)
            for name in (_usable(complaint) if may_write else [])
        ],
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


def _steps(complaint: Complaint) -> tuple[Step, ...]:
    standing = {True: "done", False: "next"}
    return tuple(
        Step(
            value=stage.value,
            label=str(stage.label),
            standing="now"
            if stage == complaint.stage and not complaint.outcome
            else standing[stage <= complaint.stage],
            reachable=not complaint.outcome and complaint.stage < stage < Complaint.Stage.CLOSE,
        )
        for stage in Complaint.Stage
    )


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
    found = compiled.found(_settings, "desk settings", ticket.shop_id)
    return (found[0] if found else DeskSettings(shop=ticket.shop)).limit_of(user.role)


def _complaint(ticket: int) -> QuerySet[Complaint]:
    return Complaint.objects.filter(ticket=ticket)


def _compensations(ticket: int) -> QuerySet[Compensation]:
    return Compensation.objects.filter(ticket=ticket).select_related("given_by")


def _settings(shop: int) -> QuerySet[DeskSettings]:
    return DeskSettings.objects.filter(shop=shop)


def _usable(complaint: Complaint | None) -> list[str]:
    """The forms that this case has now, in the order of its steps."""
    if complaint is None:
        return ["open"]
    if complaint.outcome:
        late = [] if complaint.outcome == Complaint.Outcome.CONFIRMED else ["confirm"]
        return [*late, "learn", "compensate"]
    ask = ["ask"] if complaint.stage >= Complaint.Stage.SOLVE else []
    return ["announce", "advance", *ask, "confirm", "learn", "compensate"]


def _awaited(complaint: Complaint | None) -> str:
    """The form that comes next, which stands open; "" for none."""
    if complaint is None:
        return ""
    if complaint.outcome:
        return "" if complaint.cause else "learn"
    if complaint.stage < Complaint.Stage.ANNOUNCE and not complaint.measures:
        return "announce"
    return "ask" if complaint.stage == Complaint.Stage.SOLVE else ""


def _part(name: str, limit: Decimal, ticket: Ticket, form: forms.Form | None) -> Part:
    icon, words, action = PARTS[name]
    most = money(limit, ticket.shop.currency) if name == "compensate" else ""
    hint = _("up to %(limit)s at once") % {"limit": most} if most else ""
    return Part(name, icon, str(words), action, hint, form)


def _form(name: str, ticket: Ticket, complaint: Complaint | None) -> forms.Form:
    """The form as it starts."""
    if complaint is None:
        return OpenForm(initial={"requested_outcome": ticket.requested_outcome})
    announced = {"measures": complaint.measures, "solution_due_at": complaint.solution_due_at}
    begin: dict[str, Callable[[], forms.Form]] = {
        "announce": lambda: AnnounceForm(initial=announced),
        "advance": lambda: AdvanceForm(initial={"given_outcome": complaint.given_outcome}),
        "ask": lambda: AskForm(initial={"text": complaints.question(complaint)}),
        "confirm": lambda: ConfirmForm(ticket),
        "learn": lambda: LearnForm.of(complaint),
        "compensate": CompensateForm,
    }
    return begin[name]()
