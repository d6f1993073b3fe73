"""POST views that move a ticket on: who does it, how far it is, how it is filed. Each answers with the fresh head."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_message, get_ticket
from tickets.actors import Actor
from tickets.forms import AssignForm, PriorityForm, StateForm, TagForm, TeamForm
from tickets.models import Ticket
from tickets.states import State
from tickets.views.conversation import LIST_SIZE, PAGE, conversation
from tickets.views.listing import listing

Act = Callable[[Ticket, Actor], object]


@policy("ticket.write")
@require_POST
def assign(request: Request, number: int) -> HttpResponse:
    form = AssignForm(request.POST)
    return _act(request, number, form, lambda ticket, by: actions.assign(ticket, to=form.cleaned_data["to"], by=by))


@policy("ticket.write")
@require_POST
def take(request: Request, number: int) -> HttpResponse:
    """Assign it to oneself."""
    return _act(request, number, None, lambda ticket, by: actions.assign(ticket, to=request.user, by=by))


@policy("ticket.write")
@require_POST
def move_to_team(request: Request, number: int) -> HttpResponse:
    form = TeamForm(request.POST)
    return _act(
        request, number, form, lambda ticket, by: actions.move_to_team(ticket, to=form.cleaned_data["to"], by=by)
    )


@policy("ticket.write")
@require_POST
def prioritise(request: Request, number: int) -> HttpResponse:
    form = PriorityForm(request.POST)
    return _act(request, number, form, lambda ticket, by: actions.prioritise(ticket, to=form.cleaned_data["to"], by=by))


@policy("ticket.write")
@require_POST
def tag(request: Request, number: int) -> HttpResponse:
    form = TagForm(request.POST)
    return _act(
        request,
        number,
        form,
        lambda ticket, by: actions.tag(
            ticket, add=[form.cleaned_data["add"]], remove=[form.cleaned_data["remove"]], by=by
        ),
    )


@policy("ticket.write")
@require_POST
def change_state(request: Request, number: int) -> HttpResponse:
    form = StateForm(request.POST)
    return _act(
        request, number, form, lambda ticket, by: actions.change_state(ticket, State(form.cleaned_data["to"]), by=by)
    )


@policy("ticket.write")
@require_POST
def solve(request: Request, number: int) -> HttpResponse:
    """Solve it and go on to the next one of the list."""
    ticket = get_ticket(request.user, number)
    url = next_url(request, number)
    try:
        actions.solve(ticket, by=Actor.agent(request.user))
    except Refused as refusal:
        messages.error(request, refusal.words)
        return go(request, f"/tickets/{number}/")
    messages.success(request, _("#%(number)d is solved.") % {"number": number})
    return go(request, url)


@policy("ticket.write")
@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """Send a failed or uncertain message again."""
    message = get_message(request.user, pk)
    return _act(request, message.ticket_id, None, lambda ticket, by: actions.resend(message, by=by))


def next_url(request: Request, number: int) -> str:
    """Where to go when this ticket is done: the next one of the list that the agent came from, else that list."""
    shown = listing(request, size=LIST_SIZE, current=number)
    following = shown.beside(1)
    return following.url if following and following.number != number else f"/{shown.query}"


def _act(request: Request, number: int, form: forms.Form | None, act: Act) -> HttpResponse:
    """Access, form, action, answer. What is refused is said in a toast and changes nothing."""
    ticket = get_ticket(request.user, number)
    if form is not None and not form.is_valid():
        messages.error(request, _("That choice is not possible."))
    else:
        try:
            act(ticket, Actor.agent(request.user))
        except Refused as refusal:
            messages.error(request, refusal.words)
    return _answer(request, number)


def _answer(request: Request, number: int) -> HttpResponse:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    if not wants_fragment(request):
        return go(request, f"/tickets/{number}/{query}")
    return render(request, f"{PAGE}#fresh", conversation(request, get_ticket(request.user, number)))
