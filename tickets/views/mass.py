"""/answers/: one answer to the customers of a problem or of ticked tickets: written, looked at, sent, taken back."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.refused import Refused
from tickets import mass
from tickets.automation.variables import VARIABLES
from tickets.models import Delivery, MassAnswer, Problem, Ticket
from tickets.views.coach import check_words
from tickets.views.mass_form import MassForm, words_of

PAGE = "tickets/mass.html"
NAMED = 12  # tickets of one reason that the page names


@policy("ticket.mass")
@require_http_methods(["GET", "POST"])
def answer_many(request: Request) -> HttpResponse:
    """The words; with step=look whom they reach, with step=send they leave. `?problem=` or ticked tickets say whom."""
    tickets, again = _tickets(request), _again(request)
    if not tickets:
        messages.error(request, _("Choose tickets first, then what to do with them."))
        return redirect(_back(request))
    if "submission" not in request.POST:
        return _page(request, tickets, MassForm(None, user=request.user, tickets=tickets, initial=again))
    form = MassForm(request.POST, user=request.user, tickets=tickets)
    step = request.POST.get("step")
    if step not in ("look", "send"):
        begun = form.with_words() if step == "take" else {name: form[name].value() for name in form.fields}
        return _page(request, tickets, MassForm(None, user=request.user, tickets=tickets, initial=begun))
    if not form.is_valid():
        return _page(request, tickets, form, status=422)
    return _send(request, tickets, form) if step == "send" else _look(request, tickets, form)


@policy("ticket.mass")
@require_GET
def mass_answer(request: Request, pk: int) -> HttpResponse:
    """How far it is, whom it reached, whom not, and the way back."""
    answer = get_object_or_404(mass.visible_to(request.user).select_related("problem", "macro", "by"), pk=pk)
    part = "#progress" if wants_fragment(request) else ""
    return render(request, f"tickets/mass_sent.html{part}", _fate(answer) | {"back": _back(request)})


@policy("ticket.mass")
@require_POST
def take_back_many(request: Request, pk: int) -> HttpResponse:
    answer = get_object_or_404(mass.visible_to(request.user), pk=pk)
    left = mass.take_back(answer, by=request.user)
    if left:
        words = ngettext("%(n)s answer had already left.", "%(n)s answers had already left.", left)
        messages.warning(request, words % {"n": left})
    return redirect(_result(request, pk))


def _look(request: Request, tickets: Sequence[Ticket], form: MassForm, status: int = 200) -> HttpResponse:
    reach = mass.reach(form.answer(_problem(request)), tickets)
    try:
        for one in reach.told:
            check_words(one.ticket, one.words.text)
    except Refused as refusal:
        form.add_error(form.written[0].name, refusal.words)
        return _page(request, tickets, form, status=422)
    return _page(request, tickets, form, status, reach=reach)


def _send(request: Request, tickets: Sequence[Ticket], form: MassForm) -> HttpResponse:
    """Only what was looked at: the page that shows whom it reaches carries the words along."""
    expected = form.cleaned_data["expected"] or 0
    try:
        answer = mass.send(form.answer(_problem(request)), tickets, expected=expected)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return _look(request, tickets, form, status=422)
    return redirect(_result(request, answer.pk))


def _page(
    request: Request, tickets: Sequence[Ticket], form: MassForm, status: int = 200, reach: mass.Reach | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "tickets": tickets,
        "numbers": " ".join(str(one.pk) for one in tickets),
        "problem": _problem(request),
        "reach": reach,
        "left_out": [(why, left[:NAMED], len(left)) for why, left in reach.left_out.items()] if reach else [],
        "written": [code for code in form.languages if reach and form.cleaned_data[f"text_{code}"]],
        "variables": [name for name in VARIABLES if not name.startswith("agent.")],
        "back": _back(request),
    }
    return render(request, PAGE, context, status=status)


def _tickets(request: Request) -> list[Ticket]:
    """Those ticked, those of the page that is sent, or all of the problem; of them what this user may see."""
    seen = Ticket.objects.visible_to(request.user)
    if request.method == "GET":
        if answer := _asked_again(request):
            return mass.with_all(seen.filter(pk__in=answer.parts.values("ticket")))
        return mass.with_all(seen.filter(problems=problem)) if (problem := _problem(request)) else []
    given = [*request.POST.getlist("ticket"), *request.POST.get("tickets", "").split()]
    return mass.with_all(seen.filter(pk__in=_numbers(given[: mass.MOST])))


def _problem(request: Request) -> Problem | None:
    if answer := _asked_again(request):
        return answer.problem
    said = request.POST.get("problem") or request.GET.get("problem") or ""
    return Problem.objects.filter(pk__in=_numbers([said])).first()


def _asked_again(request: Request) -> MassAnswer | None:
    return mass.visible_to(request.user).filter(pk__in=_numbers([request.GET.get("again", "")])).first()


def _numbers(given: Sequence[str]) -> set[int]:
    return {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 16}


def _again(request: Request) -> dict[str, Any]:
    answer = _asked_again(request)
    return words_of(answer) if answer else {}


def _back(request: Request) -> str:
    if problem := _problem(request):
        return f"/problems/{problem.pk}/"
    back = request.POST.get("back") or request.GET.get("back", "/")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"


def _result(request: Request, pk: int) -> str:
    """The address of an answer's page, which knows the way back to the list."""
    return f"{reverse('mass-answer', args=[pk])}?{urlencode({'back': _back(request)})}"


def _fate(answer: MassAnswer) -> dict[str, Any]:
    """The figures of its page."""
    parts = answer.parts.all()
    counts = parts.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(done_at=None, left_out="")),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        withdrawn=Count("pk", filter=Q(message__delivery=Delivery.CANCELLED)),
        failed=Count("pk", filter=Q(message__delivery=Delivery.FAILED)),
        here=Count("pk", filter=Q(message__delivery__in=[Delivery.QUEUED, Delivery.SENDING])),
    )
    left: dict[str, list[int]] = {}
    for why, number in parts.exclude(left_out="").values_list("left_out", "ticket"):
        left.setdefault(why, []).append(number)
    return {
        "answer": answer,
        "counts": counts,
        "said": counts["done"] - counts["withdrawn"],
        "planned": counts["done"] + counts["waiting"],
        "until": mass.takeable_until(answer),
        "left_out": [(why, numbers[:NAMED], len(numbers)) for why, numbers in left.items()],
    }
