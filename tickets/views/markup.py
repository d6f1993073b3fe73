"""Rows as ready HTML, made from templates/tickets/row.html by string formatting: a component tag per cell would cost
more than all the rest of the page."""

import re
from functools import lru_cache

from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

TEMPLATE = "tickets/row.html"
VALUES = ("number", "who", "url", "subject")  # escaped here, each time
PARTS = ("kind", "current", "unread", "channel", "vip", "snippet", "reason", "due", "owner")  # safe already
SLOT = "\ue000{}\ue001"  # private-use characters: no template says them


def row(values: dict[str, object], parts: dict[str, SafeString]) -> SafeString:
    """One row. `values` are data and get escaped; `parts` come from `part` or are otherwise safe."""
    slots = parts | {name: escape(values[name]) for name in VALUES}
    return mark_safe(_row_format(get_language()) % slots)  # noqa: S308 (values escaped, parts rendered by templates)


def part(name: str, /, **values: str | int) -> SafeString:
    """A piece of a row, rendered by its component once for each language and set of values."""
    return _part(get_language(), name, tuple(values.items()))


@lru_cache(maxsize=64)
def _row_format(language: str | None) -> str:
    """The row with a %(name)s for each value, its words in this language."""
    slots = {name: mark_safe(SLOT.format(name)) for name in VALUES + PARTS}  # noqa: S308 (our own names)
    html = get_template(f"{TEMPLATE}#row").render(slots)
    return re.sub("\ue000(\\w+)\ue001", r"%(\1)s", html.replace("%", "%%"))


@lru_cache(maxsize=8192)
def _part(language: str | None, name: str, values: tuple[tuple[str, str | int], ...]) -> SafeString:
    return mark_safe(get_template(f"{TEMPLATE}#{name}").render(dict(values)).strip())  # noqa: S308 (a template's output)
