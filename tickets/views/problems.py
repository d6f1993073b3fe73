"""/problems/: causes that tickets share. A ticket closes, its problem stays until the cause is gone (S20, S84)."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets import actions, mass
from tickets.actors import Actor
from tickets.models import Problem, Ticket
from tickets.views.clock import moment
from tickets.views.problem_form import ProblemEditForm

RECENT = timedelta(days=7)
SHOWN = 50  # tickets on a problem's page


@policy("desk.use")
@require_GET
def problem_list(request: Request) -> HttpResponse:
    """Open ones first; `?state=fixed` or `closed` shows those."""
    state = request.GET.get("state", Problem.State.OPEN)
    state = state if state in Problem.State.values else Problem.State.OPEN
    rows = counted(request.user).filter(state=state).select_related("team", "owner", "reason")
    context = {"problems": rows.order_by("-recent", "-total", "-opened_at"), "state": state}
    context |= {"states": Problem.State.choices, "form": ProblemEditForm()}
    return render(request, "tickets/problems.html", context)


@policy("ticket.write")
@require_POST
def add_problem(request: Request) -> HttpResponse:
    form = ProblemEditForm(request.POST)
    if not form.is_valid():
        rows = counted(request.user).filter(state=Problem.State.OPEN).select_related("team", "owner", "reason")
        context = {"problems": rows, "state": Problem.State.OPEN, "states": Problem.State.choices, "form": form}
        return render(request, "tickets/problems.html", context, status=422)
    made = actions.open_problem(by=Actor.agent(request.user), **form.cleaned_data)
    return redirect("problem", made.pk)


@policy("desk.use")
@require_GET
def problem(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(counted(request.user).select_related("shop", "team", "owner", "reason"), pk=pk)
    return _page(request, found, ProblemEditForm.of(found))


@policy("ticket.write")
@require_POST
def save_problem(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(counted(request.user).select_related("shop"), pk=pk)
    form = ProblemEditForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.edit_problem(found, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, refusal.words)
        return _page(request, found, form, status=422)
    return redirect("problem", pk)


@policy("ticket.write")
@require_POST
def mark_fixed(request: Request, pk: int) -> HttpResponse:
    return _step(request, pk, actions.mark_fixed)


@policy("ticket.write")
@require_POST
def close_problem(request: Request, pk: int) -> HttpResponse:
    return _step(request, pk, actions.close_problem)


@policy("ticket.write")
@require_POST
def reopen_problem(request: Request, pk: int) -> HttpResponse:
    return _step(request, pk, actions.reopen_problem)


def counted(user: User) -> QuerySet[Problem]:
    """Problems with how many of their tickets this user may see: `total`, and `recent` of the last seven days."""
    seen = Q(tickets__in=Ticket.objects.visible_to(user).present().values("pk"))
    since = Q(tickets__opened_at__gte=timezone.now() - RECENT)
    return Problem.objects.annotate(
        total=Count("tickets", filter=seen, distinct=True), recent=Count("tickets", filter=seen & since, distinct=True)
    )


def _page(request: Request, found: Problem, form: ProblemEditForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    rows = found.tickets.filter(pk__in=Ticket.objects.visible_to(request.user).present().values("pk"))
    linked = rows.select_related("customer").order_by("-opened_at")[:SHOWN]
    context = {
        "problem": found,
        "form": form,
        "tickets": [(one, moment(one.opened_at, now)) for one in linked],
        "may_write": may(request.user, "ticket.write"),
        "may_answer": bool(found.total) and may(request.user, "ticket.mass"),  # type: ignore[attr-defined]
        "answers": mass.with_progress(mass.visible_to(request.user).filter(problem=found)),
        "announce_url": _announce_url(found) if may(request.user, "articles.write") else "",
    }
    return render(request, "tickets/problem.html", context, status=status)


def _announce_url(found: Problem) -> str:
    """Where a banner tells all customers of it (S14)."""
    return f"{reverse('banners')}?{urlencode({'shop': found.shop.key, 'title': found.title})}"


def _step(request: Request, pk: int, step: Callable[[Problem], object]) -> HttpResponse:
    try:
        step(get_object_or_404(Problem, pk=pk))
    except Refused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Done."))
    return redirect("problem", pk)
