"""POST views that file a ticket: why the customer wrote, when it comes back, who follows it, who is called in."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import may, policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_message, get_ticket
from tickets.actors import Actor
from tickets.escalation import escalate as call_in
from tickets.forms import EscalateForm, ReasonForm, SnoozeForm
from tickets.models import Event, EventKind
from tickets.views.acting import act

LONGEST_WAIT = timedelta(days=30)  # for an order to move


@policy("ticket.write")
@require_POST
def choose_reason(request: Request, number: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    return act(
        request, number, form, lambda ticket, by: actions.choose_reason(ticket, to=form.cleaned_data["to"], by=by)
    )


@policy("ticket.write")
@require_POST
def snooze(request: Request, number: int) -> HttpResponse:
    """Until a time, or until the order moves."""
    form = SnoozeForm(request.POST)
    done = _("#%(number)d is snoozed.") % {"number": number}
    return act(
        request,
        number,
        form,
        lambda ticket, by: actions.snooze(ticket, until=_until(form), wakes_on=form.cleaned_data["wakes_on"], by=by),
        done=done,
    )


@policy("ticket.write")
@require_POST
def wake(request: Request, number: int) -> HttpResponse:
    """End a snooze now."""
    return act(request, number, None, lambda ticket, by: actions.wake_up(ticket, by=by, why="agent"))


@policy("ticket.read")
@require_POST
def follow(request: Request, number: int) -> HttpResponse:
    return act(request, number, None, lambda ticket, by: actions.follow(ticket, user=request.user))


@policy("ticket.read")
@require_POST
def unfollow(request: Request, number: int) -> HttpResponse:
    return act(request, number, None, lambda ticket, by: actions.unfollow(ticket, user=request.user))


@policy("ticket.write")
@require_POST
def escalate(request: Request, number: int) -> HttpResponse:
    """Call in the next higher person on duty, who reads why (S10)."""
    form = EscalateForm(request.POST)
    words = _("Somebody who can decide has been told.")
    return act(
        request, number, form, lambda ticket, by: call_in(ticket, why=form.cleaned_data["why"], by=by), done=words
    )


@policy("ticket.write")
@require_POST
def assign_in_turn(request: Request, number: int) -> HttpResponse:
    """Give it to whose turn it is."""
    done = _("#%(number)d is handed on.") % {"number": number}
    return act(request, number, None, lambda ticket, by: actions.assign_in_turn(ticket, by=by, how="turn"), done=done)


@policy("ticket.write")
@require_POST
def split_off(request: Request, pk: int) -> HttpResponse:
    """Make a ticket of its own of a customer's message, and go there."""
    message = get_message(request.user, pk)
    try:
        made = actions.split_off(message, by=Actor.agent(request.user))
    except Refused as refusal:
        messages.error(request, refusal.words)
        return go(request, f"/tickets/{message.ticket_id}/")
    messages.success(request, _("It is ticket #%(number)d now.") % {"number": made.pk})
    return go(request, f"/tickets/{made.pk}/")


@policy("ticket.write")
@require_POST
def undo_step(request: Request, number: int, pk: int) -> HttpResponse:
    """Take a step back; the action says when it is too late. Out of the bin only for those who may put it there."""
    ticket = get_ticket(request.user, number)
    event = get_object_or_404(Event, pk=pk, ticket=ticket)
    if event.kind == EventKind.DELETED and not may(request.user, "ticket.delete"):
        raise PermissionDenied
    return act(request, number, None, lambda _ticket, by: actions.revert(event, by=by))


@policy("desk.use")
@require_POST
def claim(request: Request) -> HttpResponse:
    """Take the most urgent ticket that nobody has, and open it."""
    try:
        ticket = actions.claim_next(request.user)
    except Refused as refusal:
        messages.info(request, refusal.words)
        return go(request, "/")
    return go(request, f"/tickets/{ticket.pk}/")


def _until(form: SnoozeForm) -> datetime:
    chosen: datetime | None = form.cleaned_data["until"] or form.cleaned_data["at"]
    return chosen or timezone.now() + LONGEST_WAIT
