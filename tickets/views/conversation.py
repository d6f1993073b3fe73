"""GET /tickets/<number>/: a conversation, its list on the left, its customer on the right."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import Team, User
from helpdesk.lib.htmx import wants_fragment
from tickets.access import get_ticket
from tickets.forms import SayForm
from tickets.models import Priority, Tag, Ticket
from tickets.states import TRANSITIONS, State
from tickets.views.clock import due, exact, moment
from tickets.views.desk import frame
from tickets.views.listing import listing
from tickets.views.side import side_of
from tickets.views.thread import thread_of

PAGE = "tickets/conversation.html"
LIST_SIZE = 30
TAGS_OFFERED = 40


@policy("ticket.read")
@require_GET
def ticket(request: Request, number: int) -> HttpResponse:
    """The page; for htmx the parts that change while somebody reads: thread and head, never the composer."""
    found = get_ticket(request.user, number)
    if wants_fragment(request):
        return render(request, f"{PAGE}#fresh", conversation(request, found))
    return render(request, PAGE, whole_page(request, found, SayForm()))


def whole_page(request: Request, found: Ticket, form: SayForm) -> dict[str, Any]:
    now = timezone.now()
    shown = listing(request, size=LIST_SIZE, current=found.pk)
    contact = may(request.user, "customer.contact")
    return {
        **frame(request),
        **conversation(request, found),
        "list": shown,
        "before": shown.beside(-1),
        "after": shown.beside(1),
        "side": side_of(found, request.user, now, contact=contact),
        "form": form,
    }


def conversation(request: Request, found: Ticket) -> dict[str, Any]:
    """The context of the head and the thread."""
    now = timezone.now()
    promise = found.promises.filter(kept=None).order_by("due_at").first()
    state = State(found.state)
    return {
        "ticket": found,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "entries": thread_of(found, now, contact=may(request.user, "customer.contact")),
        "due": due(found.due_at, found.waiting_since, found.state, now),
        "due_exact": exact(found.due_at) if found.due_at else "",
        "promised": moment(promise.due_at, now) if promise else "",
        "states": [(one, one.label) for one in State if one in TRANSITIONS[state] and one != State.CLOSED],
        "priorities": Priority.choices,
        "colleagues": User.objects.filter(is_active=True),
        "teams": Team.objects.all(),
        "tags_offered": [name for name in _tags() if name not in found.tags],
        "may_write": may(request.user, "ticket.write"),
    }


def _tags() -> list[str]:
    return list(Tag.objects.values_list("name", flat=True)[:TAGS_OFFERED])
