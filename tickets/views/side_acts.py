"""POST views of the side panel about the ticket itself: what the customer wants, the shop's own fields, problems."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.forms import NewProblemForm, ProblemForm, RequestForm
from tickets.models import CustomField, Problem
from tickets.views.customers import side_again

OWN = "field-"  # what the names of the shop's own fields begin with


@policy("ticket.write")
@require_POST
def note_request(request: Request, number: int) -> HttpResponse:
    """What the customer wants, and the shop's own fields."""
    ticket, by = get_ticket(request.user, number), Actor.agent(request.user)
    form = RequestForm(request.POST)
    if not form.is_valid():
        return side_again(request, number, refused=("wants", next(iter(form.errors["wants"]))))
    known = CustomField.objects.filter(shop=None) | ticket.shop.custom_fields.all()
    given = {one.key: request.POST.get(f"{OWN}{one.key}", "") for one in known}
    values = {key: value for key, value in given.items() if f"{OWN}{key}" in request.POST or ticket.fields.get(key)}
    try:
        actions.fill_in(ticket, by=by, values=values)
        actions.note_request(ticket, by=by, wants=form.cleaned_data["wants"])
    except Refused as refusal:
        return side_again(request, number, refused=(refusal.field, refusal.words))
    return side_again(request, number)


@policy("ticket.write")
@require_POST
def link_problem(request: Request, number: int) -> HttpResponse:
    ticket, form = get_ticket(request.user, number), ProblemForm(request.POST)
    if form.is_valid():
        problem = get_object_or_404(Problem, pk=form.cleaned_data["problem"], shop=ticket.shop_id)
        actions.link_problem(ticket, problem=problem, by=Actor.agent(request.user))
    return side_again(request, number)


@policy("ticket.write")
@require_POST
def unlink_problem(request: Request, number: int) -> HttpResponse:
    ticket, form = get_ticket(request.user, number), ProblemForm(request.POST)
    if form.is_valid():
        problem = get_object_or_404(ticket.problems, pk=form.cleaned_data["problem"])
        actions.unlink_problem(ticket, problem=problem, by=Actor.agent(request.user))
    return side_again(request, number)


@policy("ticket.write")
@require_POST
def report_problem(request: Request, number: int) -> HttpResponse:
    """Link it to the problem of this title, or open one with this ticket as its first."""
    ticket, form = get_ticket(request.user, number), NewProblemForm(request.POST)
    if not form.is_valid():
        return side_again(request, number, refused=("title", next(iter(form.errors["title"]))))
    actions.report_problem(ticket, title=form.cleaned_data["title"], by=Actor.agent(request.user))
    return side_again(request, number)
