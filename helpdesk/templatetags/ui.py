"""Every UI component: one typed function each, its markup in templates/ui/. /styleguide/ shows all of them.

A wrong argument fails when the template is compiled; values stay escaped.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import Any, ParamSpec

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
P = ParamSpec("P")

SPRITE = "icons.svg"
ICONS = frozenset(re.findall(r'<symbol id="([^"]+)"', (settings.BASE_DIR / "static" / SPRITE).read_text("utf-8")))
STATE_ICONS = {
    "new": "circle",
    "open": "half",
    "pending": "three",
    "on_hold": "pause",
    "solved": "solved",
    "closed": "lock",
}
CHANNEL_ICONS = {
    "email": "mail",
    "form": "form",
    "chat": "chat",
    "sms": "sms",
    "whatsapp": "whatsapp",
    "messenger": "chat",
    "instagram": "insta",
    "x": "at",
    "telegram": "send",
    "voice": "phone",
    "voicemail": "phone",
    "api": "bolt",
}
LEVEL_TONES = {"debug": "", "info": "", "success": "good", "warning": "warn", "error": "bad"}
TONE_ICONS = {"": "info", "good": "check", "warn": "warn", "bad": "warn"}


def component(markup: str) -> Callable[[Callable[P, dict[str, Any]]], Callable[P, SafeString]]:
    """Register a component: its function says what its template knows. As this and the language are all that it
    depends on, it is rendered once for each set of arguments.
    """

    def registered(known: Callable[P, dict[str, Any]]) -> Callable[P, SafeString]:
        @lru_cache(maxsize=4096, typed=True)  # typed: a marked string equals its unmarked twin
        def rendered(language: str | None, *args: P.args, **kwargs: P.kwargs) -> SafeString:
            return mark_safe(get_template(markup).render(known(*args, **kwargs)))  # noqa: S308 (a template's output)

        @wraps(known)
        def shown(*args: P.args, **kwargs: P.kwargs) -> SafeString:
            return rendered(get_language(), *args, **kwargs)  # type: ignore[arg-type]

        register.simple_tag(shown)
        return shown

    return registered


@cache
def _icon(name: str, small: bool) -> SafeString:
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"static/{SPRITE} has no icon “{name}”.")
    size = " icon--sm" if small else ""
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', size, static(SPRITE), name)


@register.simple_tag
def icon(name: str, *, small: bool = False) -> SafeString:
    """A drawing of the sprite, for the eye only: the words stand beside it."""
    return _icon(name, small)


@component("ui/avatar.html")
def avatar(
    *, name: str, initials: str, colour: int, size: str = "", presence: str = "", doing: str = ""
) -> dict[str, Any]:
    """A colleague: always coloured. size: "", "md", "lg". presence: "", "online", "away", "off".

    doing, at the ticket shown: "", "looking", "typing".
    """
    about = {"name": name, "initials": initials, "colour": colour}
    return about | {"size": size, "presence": presence, "doing": doing}


@component("ui/face.html")
def face(*, initials: str, size: str = "") -> dict[str, Any]:
    """A customer: never coloured. The name stands beside it."""
    return {"initials": initials, "size": size}


@component("ui/nobody.html")
def nobody() -> dict[str, Any]:
    """The empty place of an assignee."""
    return {}


@component("ui/pill.html")
def pill(*, label: str, tone: str = "", icon: str = "") -> dict[str, Any]:
    """A short word. tone: "" (neutral), "line", "accent", "info", "good", "warn", "bad", "note"."""
    return {"label": label, "tone": tone, "icon": icon}


@component("ui/state.html")
def state(*, value: str, label: str) -> dict[str, Any]:
    """A ticket's state: shape, colour and word."""
    return {"value": value, "label": label, "icon": STATE_ICONS[value]}


@register.simple_tag
def state_icon(value: str) -> SafeString:
    """Only the shape of a state; the word must stand beside it."""
    return _icon(STATE_ICONS[value], False)


@component("ui/channel.html")
def channel(*, kind: str, label: str) -> dict[str, Any]:
    """Where a message came from, as an icon with its word for those who do not see it."""
    return {"icon": CHANNEL_ICONS[kind], "label": label}


@component("ui/due.html")
def due(*, tone: str, words: str, eighths: int = 0, spoken: str = "") -> dict[str, Any]:
    """A deadline: ring and words. tone: "calm", "ok", "soon", "now", "late", "paused", "kept"."""
    return {"tone": tone, "words": words, "eighths": eighths, "spoken": spoken}


@register.inclusion_tag("ui/targets.html")
def targets(*, of: Any) -> dict[str, Any]:
    """Every countdown of a ticket (label, due, exact), what its customer was promised, and why it stands here."""
    return {"of": of}


@component("ui/reason.html")
def reason(*, what: str, why: str) -> dict[str, Any]:
    """Why the customer writes: what it is about, why it happened; a dashed invitation while unknown."""
    return {"what": what, "why": why}


@component("ui/keys.html")
def keys(combination: str) -> dict[str, Any]:
    """Keys to press together, for example "Ctrl Enter"."""
    return {"keys": combination.split()}


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field with its label, help and errors."""
    ticked = isinstance(bound.field.widget, CheckboxInput)
    control = bound.as_widget(attrs={"class": "check" if ticked else "input"})
    return {"field": bound, "control": control, "ticked": ticked}


@component("ui/toast.html")
def toast(*, text: str, tone: str = "good") -> dict[str, Any]:
    """What just happened; goes by itself. tone: "good", "warn", "bad", or the level of one of Django's messages."""
    tone = LEVEL_TONES.get(tone, tone)
    return {"text": text, "tone": tone, "icon": TONE_ICONS[tone]}


@register.simple_block_tag
def banner(content: str, *, tone: str = "") -> str:
    """What the page wants known, with the way out at its end. tone: "" (info), "good", "warn", "bad"."""
    kind = f" banner--{tone}" if tone else ""
    return format_html('<div class="banner{}">{}{}</div>', kind, _icon(TONE_ICONS[tone], False), content)


@register.simple_block_tag
def empty(content: str, *, title: str, icon: str = "moon") -> str:
    """Nothing here: says what to do next."""
    return format_html('<div class="empty">{}<b>{}</b>{}</div>', _icon(icon, False), title, content)


@register.simple_block_tag
def menu(content: str, *, id: str, label: str, wide: bool = False) -> str:
    """A native popover, opened by any button with popovertarget="<id>"; needs no script."""
    kind = " menu--wide" if wide else ""
    return format_html(
        '<div class="menu{}" id="{}" popover role="group" aria-label="{}">{}</div>', kind, id, label, content
    )
