"""Spam, bin, merging: what takes a ticket out of sight, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.forms import MergeForm
from tickets.models import Ticket
from tickets.search import ask, tickets_like
from tickets.views.acting import act, tell
from tickets.views.clock import moment

OFFERED = 12


@policy("ticket.write")
@require_POST
def mark_spam(request: Request, number: int) -> HttpResponse:
    done = _("#%(number)d is spam.") % {"number": number}
    return act(request, number, None, lambda ticket, by: actions.mark_spam(ticket, by=by), done=done)


@policy("ticket.write")
@require_POST
def unmark_spam(request: Request, number: int) -> HttpResponse:
    return act(request, number, None, lambda ticket, by: actions.unmark_spam(ticket, by=by))


@policy("ticket.write")
@require_POST
def block_sender(request: Request, number: int) -> HttpResponse:
    """Spam, and so is whatever else this address sends."""
    done = _("The sender is blocked: see the settings to lift it.")
    return act(request, number, None, lambda ticket, by: actions.block_sender(ticket, by=by), done=done)


@policy("ticket.delete")
@require_POST
def delete(request: Request, number: int) -> HttpResponse:
    done = _("#%(number)d is in the bin.") % {"number": number}
    return act(request, number, None, lambda ticket, by: actions.delete(ticket, by=by), done=done)


@policy("ticket.delete")
@require_POST
def restore(request: Request, number: int) -> HttpResponse:
    return act(request, number, None, lambda ticket, by: actions.restore(ticket, by=by))


@policy("ticket.write")
@require_GET
def merge_page(request: Request, number: int) -> HttpResponse:
    """Choose the ticket that stays (`?q=` searches), see both side by side (`?into=`), confirm."""
    ticket = get_ticket(request.user, number)
    form = MergeForm(request.GET)
    into = get_ticket(request.user, form.cleaned_data["into"]) if form.is_valid() else None
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    context = {"ticket": ticket, "into": into, "words": words, "offered": _offered(request, ticket, words)}
    both = [_preview(one) for one in (ticket, into)] if into and into.pk != ticket.pk else []
    return render(request, "tickets/merge.html", context | {"both": both})


@policy("ticket.write")
@require_POST
def merge(request: Request, number: int) -> HttpResponse:
    """Make this ticket part of another, and go there."""
    ticket, form, began = get_ticket(request.user, number), MergeForm(request.POST), timezone.now()
    if not form.is_valid():
        messages.error(request, _("That choice is not possible."))
        return go(request, f"/tickets/{number}/merge/")
    into = get_ticket(request.user, form.cleaned_data["into"])
    try:
        actions.merge(ticket, into=into, by=Actor.agent(request.user))
    except actions.MergeRefused:
        messages.error(request, _("These two cannot be merged: one of them is merged already, or in the bin."))
        return go(request, f"/tickets/{number}/merge/")
    tell(request, ticket, _("#%(number)d is merged into this one.") % {"number": number}, since=began)
    return go(request, f"/tickets/{into.pk}/")


@policy("ticket.write")
@require_POST
def unmerge(request: Request, number: int) -> HttpResponse:
    """Take this ticket out of the one that it was merged into."""
    done = _("#%(number)d stands on its own again.") % {"number": number}
    return act(request, number, None, lambda ticket, by: actions.unmerge(ticket, by=by), done=done)


def _offered(request: Request, ticket: Ticket, words: str) -> list[Ticket]:
    """What was searched for, else the customer's other tickets."""
    if words:
        rows = Ticket.objects.filter(pk__in=tickets_like(ask(words), request.user, limit=OFFERED).numbers)
    else:
        rows = Ticket.objects.visible_to(request.user).filter(customer=ticket.customer_id)
    return list(rows.present().exclude(pk=ticket.pk).select_related("customer").order_by("-opened_at")[:OFFERED])


def _preview(ticket: Ticket) -> dict[str, Any]:
    now = timezone.now()
    said = list(ticket.messages.filter(public=True).order_by("-at")[:3])
    return {
        "ticket": ticket,
        "opened": moment(ticket.opened_at, now),
        "messages": [(one, moment(one.at, now)) for one in reversed(said)],
        "count": ticket.messages.count(),
    }
