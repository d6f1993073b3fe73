"""POST /tickets/<number>/coach/: what a good colleague would say of this answer before it leaves."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app.models import ChannelKind
from helpdesk.lib.refused import Refused
from tickets.access import get_ticket
from tickets.coach import Situation, blocking, review
from tickets.models import Complaint, DeskSettings, Ticket


@policy("ticket.write")
@require_POST
def coach(request: Request, number: int) -> HttpResponse:
    """A fragment with the remarks on the posted `text`, empty when there are none. Keeps nothing."""
    ticket = get_ticket(request.user, number)
    hints = review(request.POST.get("text", ""), situation_of(ticket))
    return render(request, "tickets/coach.html", {"hints": hints})


def check_words(ticket: Ticket, text: str) -> None:
    """Refused for a banned phrase or promise, in a shop that lets the coach hold answers back."""
    if not DeskSettings.of(ticket.shop).coach_blocks:
        return
    for hint in blocking(review(text, situation_of(ticket))):
        raise Refused("text", f"“{hint.quote}” {hint.why}")


def situation_of(ticket: Ticket) -> Situation:
    settings = DeskSettings.of(ticket.shop)
    complaint = Complaint.objects.filter(ticket=ticket, closed_at=None).exists()
    language = ticket.language.partition("-")[0] or ticket.shop.default_language
    return Situation(
        language=language,
        complaint=complaint,
        bad_news=complaint or bool(ticket.reason and ticket.reason.polarity < 0),
        on_phone=ticket.channel_kind == ChannelKind.VOICE,
        lists=settings.phrases.get(language, {}),
    )
