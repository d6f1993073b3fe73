"""What stands beside the contact form: answers to the reason that was chosen and to the words so far."""

from dataclasses import dataclass
from typing import NamedTuple

from accounts.models import Shop
from faq import addresses, readings, search
from faq.models import ArticleTranslation

OFFERED, OF_A_REASON, USUAL = 4, 2, 3
LONGEST = 1000  # letters of a message that are looked at


class Answer(NamedTuple):
    """An article as the form shows it."""

    article: int
    url: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Offer:
    """`fits`: the answers fit what was said; otherwise they are the ones that help most."""

    fits: bool
    answers: list[Answer]


def offered(shop: Shop, language: str, *, text: str, reason: str) -> Offer:
    """Those that name the reason, then those that the words find; with neither, the usual ones."""
    named = readings.about_reason(shop, language, reason[:120].replace("\0", ""))[:OF_A_REASON] if reason else []
    found = search.suggest(shop, language, text[:LONGEST].replace("\0", ""), limit=OFFERED)
    fitting = {one.article_id: _shown(shop, one) for one in named}
    fitting |= {one.article: Answer(one.article, one.url, one.title, one.summary) for one in found}
    if fitting:
        return Offer(True, list(fitting.values())[:OFFERED])
    return Offer(False, [_shown(shop, one) for one in readings.most_useful(shop, language, USUAL)])


def _shown(shop: Shop, one: ArticleTranslation) -> Answer:
    return Answer(one.article_id, addresses.article(shop, one), one.title, one.summary)
