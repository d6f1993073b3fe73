"""Words spelt wrong, corrected to words that the shop's articles use."""

import unicodedata
from collections.abc import Iterable, Sequence

from django.db import connection

from accounts.models import Shop
from faq.models import Word

CANDIDATES = 30  # by shared trigrams; letters swapped within a word share few
SHORTEST = 4  # letters; below, anything is near anything
ALIKE = """
    SELECT typed, alike.word FROM unnest(%(words)s::text[]) typed CROSS JOIN LATERAL (
        SELECT word FROM faq_word WHERE shop_id = %(shop)s AND language = %(language)s
        ORDER BY word <-> typed LIMIT %(most)s
    ) alike
"""


def correct(shop: Shop, language: str, words: list[str]) -> list[str]:
    """Each word that no article uses is replaced by the nearest one that some article does; the others stay."""
    folded = [fold(word) for word in words]
    alike = _alike(shop, language, [word for word in folded if len(word) >= SHORTEST])
    return [_nearest(plain, alike.get(plain, ())) or word for word, plain in zip(words, folded, strict=True)]


def fold(word: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", word.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def learn(shop: Shop, language: str, words: Iterable[str]) -> None:
    """Remember the words of a text that is published."""
    new = {fold(word)[:40] for word in words if len(word) >= SHORTEST and not word.isdigit()}
    rows = [Word(shop=shop, language=language, word=word) for word in sorted(new)]
    Word.objects.bulk_create(rows, ignore_conflicts=True)


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to turn one word into the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, older = row, [i], before
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]


def _alike(shop: Shop, language: str, words: list[str]) -> dict[str, list[str]]:
    """For each word those of the articles that share most trigrams with it."""
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"words": words, "shop": shop.pk, "language": language, "most": CANDIDATES})
        found: dict[str, list[str]] = {}
        for typed, word in cursor.fetchall():
            found.setdefault(typed, []).append(word)
        return found


def _nearest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate that is at most one letter away, two for long words; None when `word` is one or none is near."""
    allowed = 1 if len(word) <= 5 else 2
    near: list[tuple[float, int, str]] = []
    for place, one in enumerate(candidates):
        if abs(len(one) - len(word)) <= allowed:
            near.append((distance(word, one), place, one))
        elif len(one) > len(word):  # its beginning is searched as well as itself: "retuor" for "retourner"
            near.append((distance(word, one[: len(word)]) + 0.5, place, one))
    best = min(near, default=(allowed + 1, 0, ""))
    return best[2] if 0 < best[0] < allowed + 1 else None
