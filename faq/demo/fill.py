"""Write the demo's articles: each file holds "# Title", the short answer, the text; both languages in one order."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from django.db import transaction

from accounts.models import Shop, User
from faq import actions
from faq.actions import Text
from faq.models import Article, ArticleTranslation, ArticleVersion, Banner, Category, SelfServiceEntry

HERE = Path(__file__).parent
TOPICS = ("shipping", "returns", "orders", "billing", "account", "products")
LAMPS, LINEN, CANDLES = ("SEL-LB", "SEL-NO", "NOV-SU", "ORI-SP", "PER-LA"), ("BRU-PA", "SAU-HC", "BRU-TA"), ("BOU-MI",)
SKUS = {"products": (LINEN, LAMPS, CANDLES)}
# Votes for, votes against and questions solved, of the articles of each theme.
LIKED = {
    "shipping": ((412, 21, 96), (188, 24, 51), (164, 39, 33), (97, 41, 12), (64, 9, 11), (31, 6, 4)),
    "returns": ((388, 19, 88), (143, 12, 40), (86, 7, 21), (41, 2, 9), (73, 15, 12)),
    "orders": ((207, 33, 45), (118, 14, 26), (44, 29, 3), (81, 3, 19), (12, 1, 2)),
    "billing": ((251, 38, 52), (132, 6, 37), (69, 31, 8), (27, 2, 5), (18, 4, 3)),
    "account": ((96, 22, 20), (14, 1, 2), (33, 5, 6)),
    "products": ((121, 4, 31), (77, 3, 22), (25, 0, 7)),
}
# The contact reasons that they answer. Customers ask about some that no article answers yet.
REASONS = {
    "shipping": ("late-warehouse", "shipping-cost", "not-received", "late-carrier", "abroad", "delivery-slot"),
    "returns": ("return-changed-mind", "damaged", "return-size", "", "defect"),
    "orders": ("order-change", "wrong-address", "availability", "", ""),
    "billing": ("refund-late", "invoice", "promo-refused", "payment-error", "double-charge"),
    "account": ("account", "", ""),
    "products": ("care-advice", "technical", ""),
}
REVIEWED_EVERY = timedelta(days=180)
SEE_ALSO = (("returns", 0, "billing", 0), ("returns", 0, "orders", 3), ("returns", 0, "returns", 3),
            ("shipping", 0, "shipping", 3), ("shipping", 2, "shipping", 5), ("orders", 0, "returns", 0),
            ("orders", 1, "shipping", 5), ("billing", 2, "billing", 4))  # fmt: skip


@transaction.atomic
def fill(shop: Shop, *, by: User, now: datetime) -> int:
    """Write themes, articles in French and English, votes, self-service entries, a banner. Returns how many."""
    actions.furnish(shop)
    Category.objects.create(
        shop=shop, slug="products", icon="bag", position=5,
        names={"fr": "Produits et entretien", "en": "Products and care"},
        abouts={"fr": "Ampoules, lin, bougies", "en": "Bulbs, linen, candles"},
    )  # fmt: skip
    written = {topic: list(_topic(shop, topic, by, now)) for topic in TOPICS}
    for topic, place, other, there in SEE_ALSO:
        written[topic][place].related.add(written[other][there])
    articles = list(chain.from_iterable(written.values()))
    _unfinished(written["shipping"][4], by)
    _settled(articles, now)
    _announce(shop, articles, now)
    return len(articles)


def texts(topic: str, language: str) -> list[Text]:
    """The articles of one file."""
    parts = f"\n{(HERE / f'{topic}.{language}.md').read_text('utf-8')}".split("\n# ")[1:]
    return [_text(*part.partition("\n")) for part in parts]


def _text(title: str, _newline: str, rest: str) -> Text:
    summary, _blank, body = rest.partition("\n\n")
    return Text(title, summary, body)


def _topic(shop: Shop, topic: str, by: User, now: datetime) -> Iterator[Article]:
    category = shop.categories.get(slug=topic)
    pairs = zip(texts(topic, "fr"), texts(topic, "en"), strict=True)
    for place, (french, english) in enumerate(pairs):
        skus = SKUS[topic][place] if topic in SKUS else ()
        reason = REASONS[topic][place]
        article = actions.create_article(
            shop, french, by=by, language="fr", category=category, skus=skus, reason=reason
        )
        actions.save_draft(article, "en", english, by=by)
        age = timedelta(days=6 + 9 * place + 5 * TOPICS.index(topic), hours=place)
        review_at = (now - age - timedelta(days=60) + REVIEWED_EVERY * (0.3 if place == 2 else 1)).date()
        for translation in article.translations.all():
            actions.publish(translation, review_at=review_at)
        written = now - age
        article.helpful, article.unhelpful, article.solved = LIKED[topic][place]
        article.review_at = review_at
        article.save()
        rows = ArticleTranslation.objects.filter(article=article)
        rows.update(usefulness=article.usefulness, updated_at=written, published_at=written - timedelta(days=60))
        ArticleVersion.objects.filter(translation__article=article).update(at=written)
        yield article


def _unfinished(article: Article, by: User) -> None:
    """One original that has changed, so that its translation waits for an editor."""
    french = article.translations.get(language="fr")
    longer = f"{french.body}\n\nVers le Royaume-Uni, comptez un jour de douane de plus."
    actions.save_draft(article, "fr", Text(french.title, french.summary, longer), by=by, note="Douane britannique")
    actions.publish(french)


def _settled(articles: list[Article], now: datetime) -> None:
    """Some of the questions that articles settled, over the last 90 days."""
    kind = SelfServiceEntry.Kind.ARTICLE_SOLVED
    SelfServiceEntry.objects.bulk_create(
        SelfServiceEntry(
            shop=article.shop, kind=kind, article=article, at=now - timedelta(days=(step * 7) % 90, hours=step % 11)
        )
        for article in articles
        for step in range(1, article.solved // 4 + 1)
    )


def _announce(shop: Shop, articles: list[Article], now: datetime) -> None:
    late = next(article for article in articles if article.translations.filter(title__startswith="Un colis").exists())
    Banner.objects.create(
        shop=shop,
        article=late,
        titles={"fr": "Colis retardés en Île-de-France.", "en": "Late parcels around Paris."},
        texts={
            "fr": "Grève chez le transporteur : comptez 2 jours de plus.",
            "en": "The carrier is on strike: count two more days.",
        },
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=6),
    )
