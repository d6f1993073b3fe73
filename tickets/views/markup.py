"""Rows as ready HTML, made from templates/tickets/row.html by string formatting: to render a template for each would
cost more than all the rest of the page."""

import re
from functools import lru_cache
from html import escape

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

TEMPLATE = "tickets/row.html"
VALUES = ("who", "subject")  # escaped here, each time
PARTS = (
    "number",
    "url",
    "kind",
    "current",
    "unread",
    "channel",
    "marks",
    "vip",
    "snippet",
    "reason",
    "due",
    "owner",
)  # safe already
SLOT = "\ue000{}\ue001"  # private-use characters: no template says them


def row(values: dict[str, str], parts: dict[str, SafeString | int]) -> SafeString:
    """One row. `values` are data and get escaped; `parts` come from components or are otherwise safe."""
    slots = parts | {name: escape(values[name]) for name in VALUES}
    return mark_safe(_row_format(get_language()) % slots)  # noqa: S308 (values escaped, parts safe)


def part(name: str) -> SafeString:
    """A piece of some rows, the same in all of them."""
    return _part(get_language(), name)


@lru_cache(maxsize=64)
def _row_format(language: str | None) -> str:
    """The row with a %(name)s for each value, its words in this language."""
    slots = {name: mark_safe(SLOT.format(name)) for name in VALUES + PARTS}  # noqa: S308 (our own names)
    html = get_template(f"{TEMPLATE}#row").render(slots)
    return re.sub("\ue000(\\w+)\ue001", r"%(\1)s", html.replace("%", "%%"))


@lru_cache(maxsize=64)
def _part(language: str | None, name: str) -> SafeString:
    return mark_safe(get_template(f"{TEMPLATE}#{name}").render())  # noqa: S308 (a template's output)
