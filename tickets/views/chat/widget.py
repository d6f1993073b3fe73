"""GET /widget/<shop>.js: the loader that a shop's pages carry. One request before the click, no dependency."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.access import PUBLIC, policy
from accounts.models import Shop
from channels_app.adapters.chat.settings import ChatSettings, read
from channels_app.models import Channel
from tickets.chat import channel_of
from tickets.views.chat.greeting import greeting

SOURCE = Path(settings.BASE_DIR) / "static" / "widget" / "loader.js"
COLOURS = ("#0f6b5c", "#ffffff")


@policy(PUBLIC)
@require_safe
@gzip_page
def loader(request: HttpRequest, shop: str) -> HttpResponse:
    """The script with this shop's words, colours and rules in it; empty while the shop has no chat."""
    channel = channel_of(shop)
    if channel is None and not Shop.objects.filter(key=shop).exists():
        raise Http404
    script = _source().replace("__CONFIG__", _config(channel)) if channel else "// no chat\n"
    headers = {"Cache-Control": "public, max-age=60", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)


def _config(channel: Channel) -> str:
    """As JSON that may stand in a script. Rules that are empty are left out: every byte is loaded on every page."""
    rules = read(channel)
    centre = getattr(channel.shop, "help_centre", None)
    accent = centre.accent if centre and centre.accent else COLOURS[0]
    words = {}
    for language in channel.shop.languages:
        said = greeting(channel, language)
        if not said.is_open and rules.when_closed == "hide":
            return "null"
        words[language] = [said.label, said.answer]
    config: dict[str, Any] = {"u": reverse("chat-frame", kwargs={"shop": channel.shop.key}), "c": accent, "w": words}
    return json.dumps(config | _rules(rules), separators=(",", ":"), ensure_ascii=False)


def _rules(rules: ChatSettings) -> dict[str, Any]:
    named = {"h": rules.hide, "s": rules.show, "g": rules.segments, "b": rules.browse_after, "j": rules.bought_within}
    return {name: value for name, value in named.items() if value}


@cache
def _source() -> str:
    """Without its comments and indentation."""
    lines = (line.strip() for line in SOURCE.read_text().splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"
