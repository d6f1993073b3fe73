"""The one thing a public template must load: {% public_frame shop language as frame %} is what public.html shows."""

import json
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Shop
from faq import addresses
from faq.frame import Frame
from faq.frame import language_name as name_of
from faq.models import Category

register = template.Library()
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def public_frame(shop: Shop, language: str) -> Frame:
    return Frame(shop, language)


@register.simple_tag
def help_address(shop: Shop) -> str:
    """Where a letter leads to: absolute, in the language of whoever opens it."""
    return addresses.absolute(shop, addresses.home(shop))


@register.simple_tag
def structured_data(items: list[dict[str, Any]]) -> SafeString:
    """JSON-LD blocks; nothing in them can end the block early."""
    blocks = (json.dumps(item, ensure_ascii=False).translate(_ESCAPES) for item in items)
    return mark_safe("".join(f'<script type="application/ld+json">{block}</script>' for block in blocks))  # noqa: S308


@register.simple_tag
def language_name(code: str) -> str:
    """A language under its own name."""
    return name_of(code)


@register.simple_tag
def theme_name(category: Category, language: str) -> str:
    return category.name_in(language)
