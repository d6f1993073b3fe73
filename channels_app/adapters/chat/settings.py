"""How a shop's chat behaves: read from its channel's configuration, with what is usual for what is left out."""

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings

from channels_app.models import Channel
from helpdesk.lib.urls import parts

ASKED = frozenset({"name", "email"})
WHEN_CLOSED = frozenset({"form", "hide"})
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """`hide`, `show`: paths with `*`. Lengths of time in seconds; an invitation with 0 is switched off."""

    origins: tuple[str, ...] = ()  # sites that may embed it; without any, the shop's own
    ask: tuple[str, ...] = ()  # asked before the first message: "name", "email"
    hide: tuple[str, ...] = ()  # pages without chat (S63)
    show: tuple[str, ...] = ()  # only these pages
    segments: tuple[str, ...] = ()  # only these visitors, as the shop's page names them
    when_closed: str = "form"  # or "hide"
    browse_after: int = 0  # invite who looks around without an order (S64)
    bought_within: int = 0  # invite who has just bought (S65)
    away_after: int = 120  # without a sign of life the visitor has gone: answers leave by mail
    abandon_after: int = 300  # gone that long while their last words were unanswered: abandoned
    at_once: int = 4  # chats that one colleague holds at the same time
    sneak_peek: bool = False  # colleagues read what is being typed; the visitor is told so


NAMES = frozenset(one.name for one in fields(ChatSettings))


def read(channel: Channel) -> ChatSettings:
    """The settings of a chat channel."""
    given: dict[str, Any] = {name: value for name, value in channel.config.items() if name in NAMES}
    lists: dict[str, Any] = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return ChatSettings(**(given | lists))


def origins_of(channel: Channel) -> list[str]:
    """The origins that may show the chat in a frame, beside our own."""
    named = list(read(channel).origins) or [origin(channel.shop.website)]
    return [one for one in dict.fromkeys([origin(settings.PUBLIC_URL), *named]) if one]


def origin(url: str) -> str:
    """ "https://shop.example" of any address there; "" for what is no web address."""
    found = parts(url)
    plain = found.scheme in ("http", "https") and found.hostname and not set(found.netloc) & set(" ;,'\"*@")
    return f"{found.scheme}://{found.netloc}" if plain else ""


def check(config: dict[str, Any]) -> dict[str, str]:
    """Errors by field."""
    errors: dict[str, str] = {}
    for name in ("origins", "ask", "hide", "show", "segments"):
        value = config.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            errors[name] = "Expected a list of texts."
    for name in ("browse_after", "bought_within", "away_after", "abandon_after"):
        value = config.get(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 86_400:
            errors[name] = "Expected seconds from 0 to 86400."
    if not isinstance(config.get("sneak_peek", False), bool):
        errors["sneak_peek"] = "Expected true or false."
    at_once = config.get("at_once", 1)
    if not isinstance(at_once, int) or isinstance(at_once, bool) or not 1 <= at_once <= MOST_AT_ONCE:
        errors["at_once"] = f"Expected a number from 1 to {MOST_AT_ONCE}."
    if "origins" not in errors and any(origin(one) != one for one in config.get("origins", [])):
        errors["origins"] = "Expected origins such as https://www.shop.example, without a path."
    if "ask" not in errors and not set(config.get("ask", [])) <= ASKED:
        errors["ask"] = "Only name and email can be asked."
    if config.get("when_closed", "form") not in WHEN_CLOSED:
        errors["when_closed"] = "Expected form or hide."
    return errors
