"""GET /chats/: who waits in the chat, the longest first, and one's own conversations beside them."""

from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import User
from channels_app.adapters.chat.settings import read
from channels_app.models import Channel
from helpdesk.lib import compiled
from helpdesk.lib.htmx import render_part
from tickets.models import ChatSession, Ticket
from tickets.querysets import sight

SHOWN = 100
AWAY = 60  # seconds without a sign of life


@dataclass(frozen=True, slots=True)
class Chat:
    """One row: a visitor, what they said last, where they are."""

    ticket: Ticket
    name: str
    page: str
    is_here: bool
    waits: bool


@policy("ticket.read")
@require_GET
def chats(request: Request) -> HttpResponse:
    """The page; for htmx its two lists."""
    mine, waiting = chats_of(request.user)
    busy = sum(one.is_here or one.waits for one in mine)
    room = max((read(channel).at_once for channel in Channel.objects.filter(kind="chat", enabled=True)), default=0)
    context = {
        "mine": mine,
        "waiting": waiting,
        "busy": busy,
        "room": room,
        "full": busy >= room,
        "may_write": may(request.user, "ticket.write"),
    }
    return render_part(request, "chat/queue.html", "lists", context)


def chats_of(user: User) -> tuple[list[Chat], list[Chat]]:
    """One's own live chats, and those of nobody. One query, and one for the addresses of those without a name."""

    def live(number: int) -> QuerySet[ChatSession]:
        seen = Ticket.objects.visible_to(user).filter(is_live=True)
        rows = ChatSession.objects.filter(ticket__in=seen.filter(assignee=number) | seen.filter(assignee=None))
        return rows.select_related("ticket__customer").order_by("ticket__waiting_since", "pk")[:SHOWN]

    rows = compiled.found(live, ("live chats", sight(user)), user.pk)
    customers = [one.ticket.customer for one in rows if one.ticket]
    prefetch_related_objects([one for one in customers if not one.name], "identities")
    found = {one.ticket_id: _row(one) for one in rows}.values()
    return [one for one in found if one.ticket.assignee_id], [one for one in found if not one.ticket.assignee_id]


def _row(session: ChatSession) -> Chat:
    ticket = session.ticket
    assert ticket is not None
    name = session.name or ticket.customer.display_name
    gone = session.is_away(AWAY, timezone.now())
    return Chat(ticket, name, session.page_title or session.page_url, not gone, ticket.waiting_since is not None)
