"""Where a ticket says what was searched: the words around it, the searched ones marked."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain, takewhile

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tickets.models import Message

AROUND = 90  # characters on each side of the first marked word
STEM = 5  # letters that must agree: "rembourser" marks "remboursement"
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Excerpt:
    """Safe HTML with <mark>, and the message it comes from."""

    message: int
    html: SafeString


def excerpts(numbers: list[int], messages: dict[int, int], words: str) -> dict[int, Excerpt]:
    """By ticket number, for those of these tickets where a message says it, of a merged one perhaps. One query."""
    wanted = {messages[number]: number for number in numbers if number in messages}
    rows = Message.objects.filter(pk__in=wanted).only("text", "visible_until")
    return {wanted[row.pk]: Excerpt(row.pk, marked(row.visible_text, words)) for row in rows}


def marked(text: str, words: str) -> SafeString:
    """The neighbourhood of the first searched word in `text`, every searched word in <mark>."""
    wanted = tuple(_fold(word)[:STEM] for word in WORD.findall(words) if len(word) > 1)
    meant = (match.span() for match in WORD.finditer(text, 0, 50_000) if _fold(match[0]).startswith(wanted))
    found = next(meant, None)
    first = found[0] if found else 0
    start = max(0, first - AROUND)
    start = 0 if start == 0 else text.find(" ", start, first) + 1 or start
    end = min(len(text), first + 2 * AROUND)
    pieces, place = [], start
    for opens, closes in takewhile(lambda span: span[1] <= end, chain([found] if found else [], meant)):
        pieces += [escape(text[place:opens]), f"<mark>{escape(text[opens:closes])}</mark>"]
        place = closes
    pieces.append(escape(text[place:end]))
    whole = ("…" if start else "") + "".join(pieces) + ("…" if end < len(text) else "")
    return mark_safe(" ".join(whole.split()))  # noqa: S308 (every piece is escaped)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
