"""The French catalogue: whole, and set as French is set."""

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = read_po((settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po").open("rb"), locale="fr")
ENTRIES = [entry for entry in CATALOGUE if entry.id]


def sentences(entry) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


def test_every_text_is_translated():
    assert [entry.id for entry in ENTRIES if not all(sentences(entry)) or entry.fuzzy] == []


@pytest.mark.parametrize("mark", [r"[^\u00a0]:(?=\s|$)", r"[^\u202f][;?!](?=\s|$)", r"«[^\u00a0]", r"[^\u00a0]»", "'"])
def test_french_spacing(mark: str):
    shown = [text for entry in ENTRIES for text in sentences(entry)]
    assert [
        text for text in shown if re.search(mark, text) and not re.search(r"\{\"", text)
    ] == []  # JSON spaces itself


def test_placeholders_survive():
    def names(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)0?\d*[sd]|\{\w+\}", text))

    for entry in ENTRIES:
        source = entry.id if isinstance(entry.id, str) else entry.id[1]
        assert names(source) == names(sentences(entry)[-1])
