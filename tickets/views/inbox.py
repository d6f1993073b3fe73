"""GET /: the list of tickets."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may, policy
from accounts.http import Request
from helpdesk.lib.htmx import wants_fragment
from tickets.models import Priority
from tickets.states import State
from tickets.views.bar import bar
from tickets.views.departures import departures
from tickets.views.desk import fetching_ahead
from tickets.views.listing import listing


@policy("desk.use")
@require_GET
def inbox(request: Request) -> HttpResponse:
    """The page; for htmx its fresh rows and counts, or the next rows when `after` is given."""
    shown = listing(request)
    if wants_fragment(request):
        return render(request, f"tickets/inbox.html#{'rows' if shown.cursor else 'fresh'}", {"list": shown})
    choices = {"states": (State.OPEN, State.PENDING, State.ON_HOLD, State.SOLVED), "priorities": tuple(Priority)}
    context = {"list": shown, "wakings": departures(None, timezone.now()), **choices}
    context["may_answer_many"] = may(request.user, "ticket.mass")
    return fetching_ahead(render(request, "tickets/inbox.html", context | bar(shown)))
