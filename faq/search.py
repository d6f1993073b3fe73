"""Searching a help centre: stems, synonyms, beginnings of words, and words spelt wrong.

`suggest` serves every place that offers answers while somebody types: the help centre, the contact form, the chat.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Shop
from faq import spelling
from faq.models import Category

WORD = re.compile(r"[^\W_]+")
MOST_WORDS, MOST_LETTERS = 12, 40
PREFIX_FROM = 4  # letters: "retour" also finds "retourner"
WEIGHED = 200  # of more matches the most useful: weighing each one reads its whole index entry
START, END = "\ue000", "\ue001"  # private-use letters, which actions keep out of articles
CONFIGS = {"fr": "help_fr", "en": "help_en"}
# Votes decide between answers that fit about equally: a thousand of them weigh a third of the fit. By hand, because
# people wait for it at every letter: the ORM takes longer to write this than PostgreSQL to answer it.
BEST = """
    WITH asked AS (SELECT to_tsquery(%(config)s::regconfig, %(query)s) AS query),
    liked AS (
        SELECT t.id, t.usefulness, t.{vector} AS vector FROM asked, faq_articletranslation t
        WHERE t.{vector} @@ query AND t.state = 'published' AND t.shop_id = %(shop)s AND t.language = %(language)s
        ORDER BY t.usefulness DESC, t.article_id LIMIT %(weighed)s
    ),
    best AS (
        SELECT id, ts_rank(vector, query) * (1 + ln(1 + greatest(usefulness, 0)) / 20) AS fit
        FROM asked, liked ORDER BY fit DESC, id LIMIT %(limit)s
    )
    SELECT t.article_id, t.slug, title, summary, c.names::text,
           ts_headline(%(config)s::regconfig, title, query, %(marks)s),
           ts_headline(%(config)s::regconfig, summary, query, %(marks)s)
    FROM asked, best JOIN faq_articletranslation t ON t.id = best.id
    JOIN faq_article a ON a.id = t.article_id LEFT JOIN faq_category c ON c.id = a.category_id
    ORDER BY fit DESC, t.id
"""

# Where words are looked for, one after the other: in what an article is called and says in short, then in all of it.
IN_HEADING, IN_WHOLE = (BEST.replace("{vector}", vector) for vector in ("heading", "search"))
ALIKE = """
    SELECT words FROM faq_synonyms
    WHERE shop_id = %(shop)s AND language = %(language)s AND words && %(words)s::varchar[] ORDER BY id
"""


@dataclass(frozen=True)
class Found:
    """An article as a result. `marked` and `excerpt` are safe HTML with <mark>, `title` and `summary` plain text."""

    article: int
    url: str
    title: str
    summary: str
    category: str
    marked: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Results:
    """What was found for `words`; `corrected` says that they are not the ones that were typed."""

    articles: list[Found]
    words: str
    corrected: bool = False


def config_of(language: str) -> str:
    """The text search configuration of a language: its stems, without accents."""
    return CONFIGS.get(language, "help_simple")


def suggest(shop: Shop, language: str, text: str, limit: int = 5) -> list[Found]:
    """The published articles that may answer what somebody is typing, the best first; [] below two letters."""
    return find(shop, language, text, limit=limit).articles if len(text.strip()) > 1 else []


def find(shop: Shop, language: str, text: str, *, limit: int = 20, exact: bool = False) -> Results:
    """Published articles in one language: those with every word, else with any of them, else with the spelling
    corrected (not with `exact`); those that say it in their title or short answer come first. Costs two queries when
    enough of these do, at most eleven."""
    words = words_of(text)
    if not words:
        return Results([], text.strip())
    found = _matches(shop, language, words, limit)
    better = words if found or exact else spelling.correct(shop, language, words)
    if better == words:
        return Results(found, text.strip())
    return Results(_matches(shop, language, better, limit), " ".join(better), corrected=True)


def words_of(text: str) -> list[str]:
    """At most twelve words, in small letters and without signs."""
    return [word[:MOST_LETTERS] for word in WORD.findall(text[:1000].lower())][:MOST_WORDS]


def _matches(shop: Shop, language: str, words: list[str], limit: int) -> list[Found]:
    groups = [_alternatives(group) for group in _with_synonyms(shop, language, words)]
    for joint in (" & ", " | ") if len(groups) > 1 else (" & ",):
        query = joint.join(groups)
        rows = _ranked(IN_HEADING, shop, language, query, limit)
        if len(rows) < limit:
            known = {row[0] for row in rows}
            rows += [row for row in _ranked(IN_WHOLE, shop, language, query, limit) if row[0] not in known]
        if rows:
            return [_shown(shop, language, row) for row in rows[:limit]]
    return []


def _ranked(best: str, shop: Shop, language: str, query: str, limit: int) -> list[Any]:
    marks = f"StartSel={START}, StopSel={END}, HighlightAll=true"
    asked: dict[str, str | int] = {"config": config_of(language), "query": query, "shop": shop.pk, "language": language}
    with connection.cursor() as cursor:
        cursor.execute(best, asked | {"limit": limit, "weighed": WEIGHED, "marks": marks})
        return list(cursor.fetchall())


def _with_synonyms(shop: Shop, language: str, words: list[str]) -> list[set[str]]:
    """Each word with those that mean the same."""
    groups = [{word} for word in words]
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, {"shop": shop.pk, "language": language, "words": words})
        known = [alike for (alike,) in cursor.fetchall()]
    for alike in known:
        for group in groups:
            if group & set(alike):
                group.update(alike)
    return groups


def _alternatives(words: set[str]) -> str:
    """A part of a tsquery: any of these words, or what begins like them."""
    # Only letters and digits come through words_of and the synonyms' action, so nothing here needs quoting twice.
    parts = [f"'{word}':*" if len(word) >= PREFIX_FROM else f"'{word}'" for word in sorted(words)]
    return f"({' | '.join(parts)})"


def _shown(shop: Shop, language: str, row: tuple[Any, ...]) -> Found:
    number, slug, title, summary, names, marked, excerpt = row
    named = {"shop": shop.key, "language": language, "number": number, "slug": slug}
    return Found(
        article=number,
        url=reverse("help-article", kwargs=named),
        title=title,
        summary=summary,
        category=Category(names=json.loads(names or "{}")).name_in(language),
        marked=_html(marked),
        excerpt=_html(excerpt),
    )


def _html(marked: str) -> SafeString:
    text = escape(marked).replace(START, "<mark>").replace(END, "</mark>")
    return mark_safe(text)  # noqa: S308  (escaped above)
