"""GET /outbox/: what has not left: kept because no mail server is set, waiting, failed or uncertain."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from channels_app.models import OutboundMessage
from tickets.models import Message, Ticket

State = OutboundMessage.State
SHOWN = (State.KEPT, State.QUEUED, State.SENDING, State.UNKNOWN, State.FAILED)
TONES = {State.KEPT: "", State.QUEUED: "info", State.SENDING: "info", State.UNKNOWN: "warn", State.FAILED: "bad"}
PAGE_SIZE = 50


@policy("ticket.read")
@require_GET
def outbox(request: Request) -> HttpResponse:
    """The newest first, of the tickets that this user may see."""
    mine = Ticket.objects.visible_to(request.user).values("pk")
    rows = Message.objects.filter(outbound__state__in=SHOWN, ticket__in=mine)
    rows = rows.select_related("outbound", "ticket", "user").order_by("-pk").defer("html", "text", "outbound__html")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "tones": TONES}
    return render(request, "tickets/outbox.html", context)
