"""The keyboard sheet names every key, and no key that does nothing."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ELSEWHERE = {"Enter", "x", "@", "Esc"}  # of the list and the composer: row-cursor, row-select, mention-menu


def keys_of(pattern: str, text: str) -> set[str]:
    return {key if len(key) > 1 and " " not in key else key.lower() for key in re.findall(pattern, text)}


def test_the_sheet_and_the_pages_know_the_same_keys() -> None:
    pages = "".join(page.read_text() for page in TEMPLATES.rglob("*.html"))
    told = keys_of(r'{% keys "([^"]+)" %}', (TEMPLATES / "desk_shortcuts.html").read_text())
    single = {key for key in told if not key.lower().startswith("ctrl")}
    assert single == keys_of(r'data-key="([^"{]+)"', pages) | ELSEWHERE
