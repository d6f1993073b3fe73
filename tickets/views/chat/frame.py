"""GET /chat/<shop>/: the page inside the widget's frame; .../suggest/: answers while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Presence, Role, User
from channels_app.adapters.chat.settings import read
from channels_app.models import Channel
from faq import deeds, readings, search
from faq.frame import Frame
from helpdesk.lib.flood import too_many
from tickets.views.chat.door import chat_page, framed
from tickets.views.chat.greeting import greeting

OFFERED = 3
FACES = 3


@require_safe
@chat_page
def frame(request: HttpRequest, channel: Channel, language: str) -> HttpResponse:
    """Greeting, live promise, suggestions and the composer; outside the hours the form. Only the shop may frame it."""
    return page(request, channel, language)


def page(request: HttpRequest, channel: Channel, language: str) -> HttpResponse:
    """The frame of a channel as it is configured, saved or not."""
    settings = read(channel)
    said = greeting(channel, language)
    context = {
        "shop": channel.shop,
        "language": language,
        "frame": Frame(channel.shop, language),
        "greeting": said,
        "peeked": settings.sneak_peek,
        "asks_name": "name" in settings.ask,
        "asks_email": "email" in settings.ask or not said.is_open,
        "answers": readings.answers(channel.shop, language)[:OFFERED],
        "colleagues": _faces(),
        "words": {
            "failed": _("Not sent yet. It leaves by itself as soon as you are connected."),
            "away": _("No connection. Trying again…"),
            "refused": _("This could not be sent."),
        },
    }
    response = framed(render(request, "chat/frame.html", context), channel)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@chat_page
def suggest(request: HttpRequest, channel: Channel, language: str) -> HttpResponse:
    """What may answer ?q=: what can be done at once, then articles; an empty list below two letters or in a flood."""
    words = request.GET.get("q", "")[:200].replace("\0", "")
    found, acts = [], []
    if not too_many(request, "chat-suggest", most=60, seconds=60):
        found = search.suggest(channel.shop, language, words, limit=OFFERED)
        acts = deeds.matching(channel.shop, words)[:1]
    return render(request, "chat/frame.html#suggestions", {"answers": found, "deeds": acts, "language": language})


def _faces() -> list[User]:
    """Who answers: colleagues who are there, else any."""
    rows = User.objects.filter(is_active=True, role__in=[Role.AGENT, Role.LEAD]).order_by("pk")
    return list(rows.filter(presence=Presence.ONLINE)[:FACES]) or list(rows[:FACES])
