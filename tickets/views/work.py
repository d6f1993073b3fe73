"""POST views that move a ticket on: who does it, how far it is, how it is filed. Each answers with the fresh head."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_message, get_ticket
from tickets.actors import Actor
from tickets.forms import AssignForm, PriorityForm, StateForm, TagForm, TeamForm
from tickets.states import State
from tickets.views.acting import act, tell
from tickets.views.conversation import LIST_SIZE
from tickets.views.listing import listing


@policy("ticket.write")
@require_POST
def assign(request: Request, number: int) -> HttpResponse:
    form = AssignForm(request.POST)
    return act(
        request,
        number,
        form,
        lambda ticket, by: actions.assign(ticket, to=form.cleaned_data["to"], by=by),
        done=_("#%(number)d is handed on.") % {"number": number},
    )


@policy("ticket.write")
@require_POST
def take(request: Request, number: int) -> HttpResponse:
    """Assign it to oneself."""
    done = _("#%(number)d is yours.") % {"number": number}
    return act(request, number, None, lambda ticket, by: actions.assign(ticket, to=request.user, by=by), done=done)


@policy("ticket.write")
@require_POST
def move_to_team(request: Request, number: int) -> HttpResponse:
    form = TeamForm(request.POST)
    return act(
        request, number, form, lambda ticket, by: actions.move_to_team(ticket, to=form.cleaned_data["to"], by=by)
    )


@policy("ticket.write")
@require_POST
def prioritise(request: Request, number: int) -> HttpResponse:
    form = PriorityForm(request.POST)
    return act(request, number, form, lambda ticket, by: actions.prioritise(ticket, to=form.cleaned_data["to"], by=by))


@policy("ticket.write")
@require_POST
def tag(request: Request, number: int) -> HttpResponse:
    form = TagForm(request.POST)
    return act(
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
    return act(
        request, number, form, lambda ticket, by: actions.change_state(ticket, State(form.cleaned_data["to"]), by=by)
    )


@policy("ticket.write")
@require_POST
def solve(request: Request, number: int) -> HttpResponse:
    """Solve it and go on to the next one of the list."""
    ticket, began = get_ticket(request.user, number), timezone.now()
    url = next_url(request, number)
    try:
        actions.solve(ticket, by=Actor.agent(request.user))
    except Refused as refusal:
        messages.error(request, refusal.words)
        need = "?need=reason" if refusal.field == "reason" else ""
        return go(request, f"/tickets/{number}/{need}")
    tell(request, ticket, _("#%(number)d is solved.") % {"number": number}, since=began)
    return go(request, url)


@policy("ticket.write")
@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    """Send a failed or uncertain message again."""
    message = get_message(request.user, pk)
    return act(request, message.ticket_id, None, lambda ticket, by: actions.resend(message, by=by))


def next_url(request: Request, number: int) -> str:
    """Where to go when this ticket is done: the next one of the list that the agent came from, else that list."""
    shown = listing(request, size=LIST_SIZE, current=number)
    following = shown.beside(1)
    return following.url if following and following.number != number else f"/{shown.query}"
