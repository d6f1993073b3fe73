"""How a view acts on a ticket: access, form, action, and the fresh head with the way back in hand."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import Request
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.models import Event, Ticket
from tickets.views.conversation import PARTS, conversation
from tickets.views.listing import way_back_to_list
from tickets.views.reading import Reading

Act = Callable[[Ticket, Actor], object]
UNDO_FOR = timedelta(seconds=30)


def act(request: Request, number: int, form: forms.Form | None, do: Act, *, done: str = "") -> HttpResponse:
    """Access, form, action, answer. What is refused is said in a toast and changes nothing.

    `done`: what the toast says afterwards; it offers to undo the step where there is a way back.
    """
    ticket, began = get_ticket(request.user, number), timezone.now()
    if form is not None and not form.is_valid():
        messages.error(request, _("That choice is not possible."))
    else:
        try:
            do(ticket, Actor.agent(request.user))
        except (Refused, actions.MergeRefused) as refusal:
            messages.error(request, getattr(refusal, "words", _("That choice is not possible.")))
        else:
            tell(request, ticket, done, since=began)
    return answer(request, number)


def answer(request: Request, number: int) -> HttpResponse:
    """The ticket as it is now: its thread and head for htmx, else its page. To the list when it is out of reach."""
    query = way_back_to_list(request)
    if not Ticket.objects.visible_to(request.user).filter(pk=number).exists():
        return go(request, f"/{query}")
    if not wants_fragment(request):
        return go(request, f"/tickets/{number}/{query}")
    return render(
        request, f"{PARTS}/fresh.html", conversation(request, Reading(get_ticket(request.user, number), request.user))
    )


def tell(request: Request, ticket: Ticket, words: str, *, since: datetime) -> None:
    """Say what was done, with a button that undoes it when the newest step of this user knows a way back."""
    if not words:
        return
    event = Event.objects.filter(ticket=ticket, user=request.user, at__gte=since).order_by("-pk").first()
    undoable = event is not None and event.kind in actions.REVERTIBLE
    messages.success(request, words, extra_tags=way_back(request, event) if event and undoable else "")


def way_back(request: Request, event: Event) -> str:
    """The address that undoes a step and comes back to the same list; until when, for the page's countdown."""
    asked = request.GET.copy()
    asked["until"] = (timezone.now() + UNDO_FOR).isoformat()
    return f"{reverse('undo-step', args=[event.ticket_id, event.pk])}?{asked.urlencode()}"
