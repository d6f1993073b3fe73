"""POST /tickets/<number>/here/: that somebody looks or types. .../unread/: they want to see it again later.
GET /looking/: who is where, for a list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib import live, presence
from helpdesk.lib.htmx import go
from helpdesk.lib.presence import Doing
from tickets import actions, chat, notifications
from tickets.access import get_ticket
from tickets.events import topics
from tickets.forms import HereForm
from tickets.views.company import company_of, looking_at, place
from tickets.views.conversation import PARTS
from tickets.views.listing import MOST_ROWS, way_back_to_list


@policy("ticket.read")
@require_POST
def here(request: Request, number: int) -> HttpResponse:
    """Who else is there. Others are told only when something changes for them; only `read` writes to the database."""
    ticket = get_ticket(request.user, number)
    form = HereForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    doing, me = form.cleaned_data["doing"], request.user
    gone = doing == "gone"
    at = place(ticket.pk)
    news = presence.leave(at, me.pk) if gone else presence.arrive(at, me.pk, Doing(doing))
    if news:
        live.publish(topics(ticket), "presence", ticket.pk, ticket.version)
        chat.hint(ticket)
    if form.cleaned_data["read"]:
        actions.mark_read(ticket, user=me)
        notifications.read_ticket(me, ticket)
    return render(request, f"{PARTS}/company.html", {"company": company_of(ticket, me), "ticket": ticket})


@policy("desk.use")
@require_GET
def looking(request: Request) -> HttpResponse:
    """Who else is at the tickets of a list, as marks for their rows; nothing for those one may not see."""
    numbers = [int(one) for one in request.GET.getlist("ticket")[:MOST_ROWS] if one.isdecimal() and len(one) < 10]
    return render(request, "tickets/looking.html", {"looking": looking_at(numbers, request.user)})


@policy("ticket.read")
@require_POST
def mark_unread(request: Request, number: int) -> HttpResponse:
    """Set it back to unread, and leave it."""
    actions.mark_unread(get_ticket(request.user, number), user=request.user)
    return go(request, f"/{way_back_to_list(request)}")
