"""GET /tickets/<number>/: a conversation, its list on the left, its customer on the right."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import Team
from helpdesk.lib.htmx import wants_fragment
from tickets.access import get_ticket
from tickets.forms import SayForm
from tickets.models import Priority, Tag, Ticket
from tickets.states import TRANSITIONS, State
from tickets.views.chat.talks import talks_beside
from tickets.views.company import company_of
from tickets.views.composer import composer
from tickets.views.desk import frame
from tickets.views.head import head_of
from tickets.views.listing import listing
from tickets.views.side_page import panel_of
from tickets.views.targets import targets_of
from tickets.views.thread import thread_of

PAGE = "tickets/conversation.html"
LIST_SIZE = 30
TAGS_OFFERED = 40


@policy("ticket.read")
@require_GET
def ticket(request: Request, number: int) -> HttpResponse:
    """The page; for htmx the parts that change while somebody reads, thread and head; with ?composer that one."""
    found = get_ticket(request.user, number)
    if wants_fragment(request) and "composer" in request.GET:
        return render(request, f"{PAGE}#composer", composer(request, found))
    if wants_fragment(request):
        return render(request, f"{PAGE}#fresh", conversation(request, found))
    return render(request, PAGE, whole_page(request, found))


def whole_page(request: Request, found: Ticket, form: SayForm | None = None) -> dict[str, Any]:
    now = timezone.now()
    shown = listing(request, size=LIST_SIZE, current=found.pk)
    return {
        **frame(request),
        **conversation(request, found),
        "list": shown,
        "before": shown.beside(-1),
        "after": shown.beside(1),
        **panel_of(found, request.user, now),
        **talks_beside(request.user, found),
        **composer(request, found, form),
    }


def conversation(request: Request, found: Ticket) -> dict[str, Any]:
    """The context of the head and the thread."""
    now = timezone.now()
    state = State(found.state)
    contact = may(request.user, "customer.contact")
    return {
        "ticket": found,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "entries": thread_of(found, now, contact=contact, reader=request.user, whole="all" in request.GET),
        "company": company_of(found, request.user),
        "may_ask_aside": may(request.user, "side.write"),
        "targets": targets_of(found, now),
        "states": [(one, one.label) for one in State if one in TRANSITIONS[state] and one != State.CLOSED],
        "priorities": Priority.choices,
        **head_of(found, request.user, now),
        "teams": Team.objects.all(),
        "tags_offered": [name for name in _tags() if name not in found.tags],
        "may_write": may(request.user, "ticket.write"),
        "need_reason": request.GET.get("need") == "reason" and found.reason_id is None,
    }


def _tags() -> list[str]:
    return list(Tag.objects.values_list("name", flat=True)[:TAGS_OFFERED])
