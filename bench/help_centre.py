"""The help centre with 5,000 articles: its pages against a bare page, and suggestions while typing."""

import random
import statistics
import time
from collections.abc import Callable
from itertools import chain

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Shop
from bench.__main__ import Row, cpu
from faq import actions, search, spelling
from faq.models import Article, ArticleTranslation, Category
from hours.models import Calendar

ARTICLES = 5_000
TOPICS = (
    "commande colis livraison retour échange remboursement facture paiement carte adresse lampe ampoule linge taie",
    "housse bougie garantie délai transporteur suivi relais emballage cadeau compte connexion points fidélité code",
)
WORDS = " ".join(TOPICS).split()
OTHERS = [f"mot{first}{second}" for first in "abcdefghijklmnopqrst" for second in range(200)]  # what else is written
TYPED = ("retour", "retuor", "ma commande n'est pas arrivée", "comment rembourser une carte cadeau", "amp")
VECTOR = """
    UPDATE faq_articletranslation SET search = setweight(to_tsvector('help_fr', title), 'A')
    || setweight(to_tsvector('help_fr', summary), 'B') || setweight(to_tsvector('help_fr', body), 'C')
    WHERE search IS NULL
"""


def rows() -> list[Row]:
    shop = build()
    client = Client(headers={"host": "127.0.0.1"})
    one = ArticleTranslation.objects.of(shop, "fr").published().first()
    pages = {
        "home": "/help/bench/fr/",
        "article": f"/help/bench/fr/articles/{one.article_id}-{one.slug}/",
    }
    bare = p50(lambda: Client(headers={"host": "127.0.0.1"}).get("/accounts/login/"))
    ratios = {name: p50(lambda path=path: client.get(path)) / bare for name, path in pages.items()}
    slowest = max(cpu(lambda text=text: search.suggest(shop, "fr", text)) for text in TYPED)
    whole = max(p50(lambda text=text: search.suggest(shop, "fr", text)) for text in TYPED)
    return [
        Row("help centre: bare page (login), for scale", bare, "ms p50", "-", True),
        *(
            Row(f"help centre: {name}, 5,000 articles", ratio, "x bare p50", "<= 3", ratio <= 3)
            for name, ratio in ratios.items()
        ),
        Row("help centre: suggest, slowest of five", slowest, "ms CPU", "<= 5", slowest <= 5),
        Row("help centre: suggest with the database", whole, "ms p50", "-", True),
    ]


def p50(work: Callable[[], object], times: int = 40) -> float:
    """Median milliseconds on the clock, the database's work included."""
    work()
    spent = []
    for _n in range(times):
        before = time.perf_counter()
        work()
        spent.append((time.perf_counter() - before) * 1000)
    return statistics.median(spent)


def build() -> Shop:
    """A shop with opening hours, a legal identity and 5,000 published French articles of made-up sentences."""
    identity = {"legal_name": "Bench SAS", "registered_office": "1 rue Basse, Lyon", "registration_number": "123 456"}
    shop = Shop.objects.create(key="bench", name="Bench", languages=["fr", "en"], phone="+33 1 84 80 00 00", **identity)
    weekly = {day: [["09:00", "12:30"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Calendar.objects.create(shop=shop, key="bench", timezone="Europe/Paris", weekly=weekly, default=True)
    actions.furnish(shop)
    themes = list(Category.objects.filter(shop=shop))
    rng, now = random.Random(1), timezone.now()
    votes = [rng.randrange(400) for _n in range(ARTICLES)]
    articles = Article.objects.bulk_create(
        Article(shop=shop, category=themes[n % len(themes)], helpful=votes[n], solved=votes[n] // 5)
        for n in range(ARTICLES)
    )
    ArticleTranslation.objects.bulk_create(
        ArticleTranslation(
            article=article, shop=shop, usefulness=article.usefulness, language="fr", slug=f"question-{article.pk}",
            title=sentence(rng, 8),
            summary=sentence(rng, 15), body=(text := sentence(rng, 200)), html=f"<p>{text}</p>",
            state="published", published_at=now, live_version=1, newest_version=1,
        )
        for article in articles
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(VECTOR)
        spelling.learn(shop, "fr", chain(WORDS, OTHERS))
        cursor.execute("ANALYZE faq_articletranslation, faq_article, faq_word")
    return shop


def sentence(rng: random.Random, words: int) -> str:
    """One word in ten is one that customers type."""
    written = (rng.choice(WORDS if rng.random() < 0.1 else OTHERS) for _n in range(words))
    return " ".join(written).capitalize()
