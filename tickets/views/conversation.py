"""GET /tickets/<number>/: a conversation, its list on the left, its customer on the right."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import may, policy
from accounts.http import Request
from helpdesk.lib.htmx import wants_fragment
from tickets.access import get_ticket
from tickets.forms import SayForm
from tickets.models import Priority
from tickets.states import TRANSITIONS, State
from tickets.views.chat.talks import talks_beside
from tickets.views.company import company_of
from tickets.views.composer import composer
from tickets.views.desk import fetching_ahead
from tickets.views.head import labels
from tickets.views.listing import listing, way_back_to_list
from tickets.views.reading import Reading
from tickets.views.side_page import panel_of
from tickets.views.targets import targets_of
from tickets.views.thread import thread_of

PAGE = "tickets/conversation.html"
PARTS = "tickets/conversation"
LIST_SIZE = 30
SEARCHED_FROM = 7  # a menu with more colleagues has a field to find one
PRIORITIES = tuple(Priority.choices)


@policy("ticket.read")
@require_GET
def ticket(request: Request, number: int) -> HttpResponse:
    """The page; for htmx what changes while somebody reads, thread and head; with ?composer or ?beside these."""
    found = get_ticket(request.user, number)
    if wants_fragment(request) and "beside" in request.GET:
        return render(request, f"{PAGE}#fresh", neighbours(request, number))
    if wants_fragment(request) and "composer" in request.GET:
        return render(request, f"{PARTS}/composer.html", composer(request, Reading(found, request.user)))
    if wants_fragment(request):
        return render(request, f"{PARTS}/fresh.html", conversation(request, Reading(found, request.user)))
    return fetching_ahead(render(request, PAGE, whole_page(request, Reading(found, request.user))))


def whole_page(request: Request, reading: Reading, form: SayForm | None = None) -> dict[str, Any]:
    return {
        **conversation(request, reading),
        **neighbours(request, reading.ticket.pk),
        **panel_of(reading),
        **talks_beside(request.user, reading.ticket),
        **composer(request, reading, form),
    }


def neighbours(request: Request, number: int) -> dict[str, Any]:
    """The list beside the ticket, and the steps to the one before and the next."""
    shown = listing(request, size=LIST_SIZE, current=number)
    listed = any(row.number == number for row in shown.rows)
    return {"list": shown, "before": shown.beside(-1), "after": shown.beside(1), "listed": listed}


def conversation(request: Request, reading: Reading) -> dict[str, Any]:
    """The context of the head and the thread."""
    found, user, now, facts, choices = reading.ticket, reading.reader, reading.now, reading.facts, labels()
    whole, state = "all" in request.GET, State(reading.ticket.state)
    return {
        "ticket": found,
        "query": way_back_to_list(request),
        "entries": thread_of(
            found, now, contact=reading.contact, said=reading.said, reader=user, since=facts.seen_at, whole=whole
        ),
        "company": company_of(found, user, reading.drafts),
        "may_ask_aside": may(user, "side.write"),
        "targets": targets_of(found, now, facts.promised),
        "states": tuple((one.value, one.label) for one in State if one in TRANSITIONS[state] and one != State.CLOSED),
        "priorities": PRIORITIES,
        "colleagues": tuple((one, one.pk == found.assignee_id) for one in reading.colleagues),
        "many_colleagues": len(reading.colleagues) > SEARCHED_FROM,
        "mine": found.assignee_id == user.pk,
        "free": found.assignee_id is None,
        "may_skip_survey": not found.skip_survey and not found.is_done,
        "labels": choices,
        "tags": tuple(found.tags),
        "tags_offered": tuple(name for name in choices.tags if name not in found.tags),
        "follows": facts.follows,
        "merged_here": found.family()[1:],
        "wakings": reading.departures,
        "may_write": may(user, "ticket.write"),
        "may_delete": may(user, "ticket.delete"),
        "may_keep_macro": may(user, "macro.write"),
        "need_reason": request.GET.get("need") == "reason" and found.reason_id is None,
    }
