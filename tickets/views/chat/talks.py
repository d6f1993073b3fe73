"""Several chats at once: one's own stand as tabs over the conversation, H and L step through them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from accounts.models import User
from tickets.access import get_ticket
from tickets.models import Ticket
from tickets.views.chat.queue import Chat, chats_of


@policy("ticket.read")
@require_GET
def talks(request: Request, number: int) -> HttpResponse:
    """The tabs again, after news."""
    ticket = get_ticket(request.user, number)
    return render(request, "chat/queue.html#tabs", talks_beside(request.user, ticket) | {"ticket": ticket})


def talks_beside(user: User, ticket: Ticket) -> dict[str, Any]:
    """The tabs over this ticket: none over one of another channel, which costs nothing; otherwise two queries."""
    if ticket.channel_kind != "chat":
        return {"talks": [], "chats_waiting": 0}
    mine, waiting = chats_of(user)
    mine.sort(key=lambda one: one.ticket.pk)  # tabs keep their place while people write
    return {"talks": [(one, _key(mine, at, ticket)) for at, one in enumerate(mine)], "chats_waiting": len(waiting)}


def _key(mine: list[Chat], at: int, ticket: Ticket) -> str:
    """Which key opens this tab: the neighbours of the ticket on the page, in a ring."""
    here = next((place for place, one in enumerate(mine) if one.ticket.pk == ticket.pk), -1)
    if at == here:
        return ""
    return "l" if at == (here + 1) % len(mine) else "h" if at == (here - 1) % len(mine) else ""
