"""{% chat_offer shop language as chat %}: the chat among the ways to reach a person, on the help centre's pages."""

from typing import Any

from django import template
from django.core.cache import cache
from django.urls import reverse

from accounts.models import Shop
from channels_app.adapters.chat.settings import read
from tickets.chat import channel_of
from tickets.views.chat.greeting import greeting

register = template.Library()
KEPT = 60  # seconds


@register.simple_tag
def chat_offer(shop: Shop, language: str) -> dict[str, Any]:
    """`url`, `is_open`, `answer` (how soon) and `hours`, as of a minute ago; empty for a shop without chat."""
    return cache.get_or_set(f"chat-offer:{shop.pk}:{language}", lambda: _offer(shop, language), KEPT) or {}


def _offer(shop: Shop, language: str) -> dict[str, Any]:
    channel = channel_of(shop.key)
    if channel is None:
        return {}
    said = greeting(channel, language)
    if not said.is_open and read(channel).when_closed == "hide":
        return {}
    url = f"{reverse('chat-frame', kwargs={'shop': shop.key})}?lang={language}"
    return {"url": url, "is_open": said.is_open, "answer": said.answer, "hours": said.hours}
