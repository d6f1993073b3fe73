"""A complaint's case, one POST a step, and /complaints/: the register of all of them with their causes."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions, complaints, costs
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.models import Compensation, Complaint, Ticket
from tickets.views.clock import exact, moment
from tickets.views.complaint_forms import (
    AdvanceForm,
    AnnounceForm,
    AskForm,
    CompensateForm,
    ConfirmForm,
    LearnForm,
    OpenForm,
    PhaseForm,
)
from tickets.views.complaint_panel import PHASE_TONES, case_of
from tickets.views.side import money

LIST, PAGE, PANEL = "tickets/complaints.html", "tickets/complaint_page.html", "tickets/complaint.html"
FORM = "tickets/complaint_form.html"
PAGE_SIZE = 50
COSTS_OF = timedelta(days=90)
STANDINGS = [
    ("", pgettext_lazy("complaints", "All")),
    ("open", pgettext_lazy("complaints", "Open")),
    ("due", gettext_lazy("Due within a day")),
    ("overdue", gettext_lazy("Overdue")),
    ("asked", gettext_lazy("Customer asked")),
    ("confirmed", gettext_lazy("Confirmed")),
    ("unconfirmed", gettext_lazy("Closed unconfirmed")),
]
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run it
Act = Callable[[Complaint, Actor], object]


# --- one case -------------------------------------------------------------------------------------------------------


@policy("ticket.read")
@require_GET
def complaint(request: Request, number: int) -> HttpResponse:
    """The case on a page of its own; for htmx the panel."""
    return _show(request, get_ticket(request.user, number))


@policy("ticket.write")
@require_GET
def complaint_form(request: Request, number: int, part: str) -> HttpResponse:
    """One form of the case, for a panel in which it is closed; without htmx the case on its page with this form open.
    404 for one that the case has not, or not yet."""
    ticket = get_ticket(request.user, number)
    case = case_of(ticket, request.user, asked=part)
    if case.opened is None or case.opened.name != part:
        raise Http404
    context = {"case": case, "part": case.opened, "ticket": ticket}
    if wants_fragment(request):
        return render(request, FORM, context)
    return render(request, PAGE, context)


@policy("ticket.write")
@require_POST
def open_complaint(request: Request, number: int) -> HttpResponse:
    ticket, form = get_ticket(request.user, number), OpenForm(request.POST)
    if not form.is_valid():
        return _show(request, ticket, {"open": form})
    wanted = form.cleaned_data["requested_outcome"]
    actions.open_complaint(ticket, by=Actor.agent(request.user), requested_outcome=wanted)
    return _done(request, ticket)


@policy("ticket.write")
@require_POST
def set_phase(request: Request, number: int) -> HttpResponse:
    form = PhaseForm(request.POST)
    return _act(
        request,
        number,
        "phase",
        form,
        lambda one, by: actions.set_phase(one, to=Complaint.Phase(form.cleaned_data["to"]), by=by),
    )


@policy("ticket.write")
@require_POST
def announce_measures(request: Request, number: int) -> HttpResponse:
    form = AnnounceForm(request.POST)
    return _act(
        request, number, "announce", form, lambda one, by: actions.announce_measures(one, by=by, **form.cleaned_data)
    )


@policy("ticket.write")
@require_POST
def advance(request: Request, number: int) -> HttpResponse:
    form = AdvanceForm(request.POST)

    def act(one: Complaint, by: Actor) -> object:
        stage, given = Complaint.Stage(form.cleaned_data["to"]), form.cleaned_data["given_outcome"]
        return actions.advance(one, to=stage, by=by, given_outcome=given)

    return _act(request, number, "advance", form, act)


@policy("ticket.write")
@require_POST
def ask_customer(request: Request, number: int) -> HttpResponse:
    form = AskForm(request.POST)
    return _act(
        request, number, "ask", form, lambda one, by: complaints.ask(one, by=by, text=form.cleaned_data["text"])
    )


@policy("ticket.write")
@require_POST
def confirm_complaint(request: Request, number: int) -> HttpResponse:
    form = ConfirmForm(get_ticket(request.user, number), request.POST)
    return _act(request, number, "confirm", form, lambda one, by: actions.confirm(one, by=by, **form.cleaned_data))


@policy("ticket.write")
@require_POST
def close_unconfirmed(request: Request, number: int) -> HttpResponse:
    return _act(request, number, "confirm", forms.Form(), lambda one, by: actions.close_unconfirmed(one, by=by))


@policy("ticket.write")
@require_POST
def learn_from(request: Request, number: int) -> HttpResponse:
    form = LearnForm(request.POST)
    return _act(request, number, "learn", form, lambda one, by: actions.learn_from(one, **form.values()))


@policy("ticket.write")
@require_POST
def compensate(request: Request, number: int) -> HttpResponse:
    """Give something, in the shop's currency; without a complaint too."""
    ticket, form = get_ticket(request.user, number), CompensateForm(request.POST)

    def act(one: Ticket, by: Actor) -> object:
        return actions.compensate(one, currency=one.shop.currency, by=by, **form.cleaned_data)

    return _try(request, ticket, "compensate", form, lambda by: act(ticket, by))


@policy("ticket.write")
@require_POST
def approve_compensation(request: Request, number: int, given: int) -> HttpResponse:
    ticket = get_ticket(request.user, number)
    found = get_object_or_404(Compensation, pk=given, ticket=ticket)
    form = CompensateForm()
    return _try(request, ticket, "compensate", form, lambda by: actions.approve_compensation(found, by=by))


def _act(request: Request, number: int, name: str, form: forms.Form, act: Act) -> HttpResponse:
    """A step of the case of this ticket. 404 when it has none."""
    ticket = get_ticket(request.user, number)
    found = Complaint.objects.filter(ticket=ticket).select_related("ticket__shop").first()
    if found is None:
        raise Http404
    return _try(request, ticket, name, form, lambda by: act(found, by))


def _try(request: Request, ticket: Ticket, name: str, form: forms.Form, act: Callable[[Actor], object]) -> HttpResponse:
    """The action, or the form with what is wrong beside its field; nothing that was typed is lost."""
    if form.is_bound and not form.is_valid():
        return _show(request, ticket, {name: form})
    try:
        act(Actor.agent(request.user))
    except Refused as refusal:
        if not form.is_bound:
            messages.error(request, refusal.words)
            return go(request, f"/tickets/{ticket.pk}/complaint/")
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)
        return _show(request, ticket, {name: form})
    return _done(request, ticket)


def _show(request: Request, ticket: Ticket, wrong: dict[str, forms.Form] | None = None) -> HttpResponse:
    context: dict[str, Any] = {"case": case_of(ticket, request.user, wrong=wrong), "ticket": ticket}
    status = 422 if wrong else 200
    if wants_fragment(request):
        return render(request, PANEL, context, status=status)
    return render(request, PAGE, context, status=status)


def _done(request: Request, ticket: Ticket) -> HttpResponse:
    if wants_fragment(request):
        return _show(request, ticket)
    return go(request, f"/tickets/{ticket.pk}/complaint/")


# --- the register ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint in the list. due_tone: "", "warn", "bad"."""

    complaint: Complaint
    stage: str
    phase: str
    phase_tone: str
    outcome: str
    opened: str
    due: str
    due_exact: str
    late: bool
    verdict: str


@policy("ticket.read")
@require_GET
def complaint_list(request: Request) -> HttpResponse:
    """The newest first; ?standing, ?stage and ?justified narrow it."""
    now = timezone.now()
    rows = _narrowed(request, now).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    query = {name: request.GET[name] for name in ("standing", "stage", "justified") if request.GET.get(name)}
    more = "?" + urlencode(query | {"before": found[PAGE_SIZE - 1].pk}) if len(found) > PAGE_SIZE else ""
    context = {
        "rows": [_row(one, now) for one in found[:PAGE_SIZE]],
        "more": more,
        "query": urlencode(query),
        "standings": STANDINGS,
        "stages": Complaint.Stage.choices,
        "asked": query,
        "counts": _counts(complaints.visible_to(request.user), now),
        "costs": _costs(now) if may(request.user, "figures.read") else [],
    }
    return render(request, LIST, context)


@policy("ticket.read")
@require_GET
def complaint_csv(request: Request) -> StreamingHttpResponse:
    """The same rows as a table for a spreadsheet, every page of them."""
    rows = _narrowed(request, timezone.now()).order_by("-pk")
    answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="complaints.csv"'
    return answer


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _csv(rows: QuerySet[Complaint]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    head = ("ticket", "opened_at", "stage", "phase", "outcome", "closed_at", "solution_due_at", "requested", "given")
    yield "\ufeff" + writer.writerow([*head, "cause", "justified", "our_fault", "place", "prevention"])
    for one in rows.iterator(chunk_size=500):
        instants = [at.isoformat() if at else "" for at in (one.opened_at, one.closed_at, one.solution_due_at)]
        stage, said = Complaint.Stage(one.stage).name.lower(), {True: "yes", False: "no", None: ""}
        known = [one.ticket_id, instants[0], stage, one.phase, one.outcome or "open", instants[1], instants[2]]
        words = [one.requested_outcome, one.given_outcome, one.cause]
        more = [said[one.justified], said[one.our_fault], one.place, one.prevention]
        yield writer.writerow([*known, *(harmless(word) for word in [*words, *more])])


def harmless(word: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{word}" if word.startswith(RISKY) else word


def _narrowed(request: Request, now: datetime) -> QuerySet[Complaint]:
    asked = request.GET
    rows = complaints.visible_to(request.user).filter(complaints.standing(asked.get("standing", ""), now))
    if asked.get("stage") in {str(stage.value) for stage in Complaint.Stage}:
        rows = rows.filter(stage=int(asked["stage"]))
    if asked.get("justified") in ("yes", "no"):
        rows = rows.filter(justified=asked["justified"] == "yes")
    return rows


def _costs(now: datetime) -> list[tuple[costs.Cost, str]]:
    """Each cause of the last 90 days with its sum in words."""
    return [(one, money(one.amount, one.currency)) for one in costs.by_cause(now - COSTS_OF, now)]


def _counts(rows: QuerySet[Complaint], now: datetime) -> dict[str, int]:
    which = {key: Count("pk", filter=complaints.standing(key, now)) for key, _label in STANDINGS if key}
    verdicts = {
        "right": Count("pk", filter=Q(justified=True)),
        "wrong": Count("pk", filter=Q(justified=False)),
        "ours": Count("pk", filter=Q(our_fault=True)),
    }
    return rows.order_by().select_related(None).aggregate(**which, **verdicts)


def _row(one: Complaint, now: datetime) -> Row:
    unsolved = not one.outcome and one.stage < Complaint.Stage.SOLVE
    due_at = one.solution_due_at
    verdicts = {True: _("justified"), False: _("not justified"), None: ""}
    return Row(
        complaint=one,
        stage=str(Complaint.Stage(one.stage).label),
        phase=str(Complaint.Phase(one.phase).label),
        phase_tone=PHASE_TONES[one.phase],
        outcome=str(Complaint.Outcome(one.outcome).label) if one.outcome else "",
        opened=moment(one.opened_at, now),
        due=moment(due_at, now) if due_at else "",
        due_exact=exact(due_at) if due_at else "",
        late=unsolved and due_at is not None and due_at < now,
        verdict=verdicts[one.justified],
    )
