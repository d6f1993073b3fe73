"""GET /: the list of tickets."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from channels_app.models import ChannelKind
from helpdesk.lib.htmx import wants_fragment
from tickets.views.desk import frame
from tickets.views.listing import listing


@policy("desk.use")
@require_GET
def inbox(request: Request) -> HttpResponse:
    """The page; for htmx its fresh rows and counts, or the next rows when `after` is given."""
    shown = listing(request)
    context = {"list": shown, "channels": ChannelKind.choices, "channel_now": _channel_label(shown.channel)}
    if not wants_fragment(request):
        return render(request, "tickets/inbox.html", context | frame(request))
    return render(request, f"tickets/inbox.html#{'rows' if shown.cursor else 'fresh'}", context)


def _channel_label(kind: str) -> str:
    return str(ChannelKind(kind).label) if kind else ""
