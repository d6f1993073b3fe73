"""What the public pages read: themes with their counts, answers by usefulness, one article with its neighbours."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from accounts.models import Shop
from faq.models import Article, ArticleTranslation, Category

COUNTED_EVERY = 60  # seconds
CARD = (
    "language", "slug", "title", "summary", "updated_at",
    "article__category__names", "article__category__slug", "article__category__shop_id",
)  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """A category as readers see it."""

    slug: str
    icon: str
    name: str
    about: str
    count: int


class Link(NamedTuple):
    """An answer, as far as a link to it needs it."""

    article_id: int
    slug: str
    title: str


def themes(shop: Shop, language: str) -> list[Theme]:
    """The shop's categories in the editors' order, with the number of published articles as of a minute ago."""
    counts = cache.get_or_set(f"help-counts:{shop.pk}:{language}", lambda: _counts(shop, language), COUNTED_EVERY)
    return [
        Theme(row.slug, row.icon, row.name_in(language), row.about_in(language), (counts or {}).get(row.pk, 0))
        for row in Category.objects.filter(shop=shop)
    ]


def _counts(shop: Shop, language: str) -> dict[int | None, int]:
    rows = ArticleTranslation.objects.of(shop, language).published().values_list("article__category")
    return dict(rows.annotate(count=Count("pk")).order_by())


def answers(shop: Shop, language: str) -> QuerySet[ArticleTranslation]:
    """The published articles of a language, the most useful first, as links need them."""
    rows = ArticleTranslation.objects.of(shop, language).published().by_usefulness()
    return rows.select_related("article__category").only(*CARD)


def about_products(shop: Shop, language: str, skus: Collection[str]) -> dict[str, list[ArticleTranslation]]:
    """The answers about each of these products, by SKU, the most useful first; one query, none without products."""
    found: dict[str, list[ArticleTranslation]] = {sku: [] for sku in skus}
    if not skus:
        return found
    rows = ArticleTranslation.objects.of(shop, language).published().by_usefulness().select_related("article")
    for row in rows.filter(article__skus__overlap=list(skus)).only("language", "slug", "title", "article__skus"):
        for sku in found.keys() & set(row.article.skus):
            found[sku].append(row)
    return found


def related(article: Article, language: str, limit: int = 6) -> list[Link]:
    """What editors linked to this article, the most useful first."""
    return _links(article, language, Q(article__related=article), limit)


def neighbours(article: Article, language: str, limit: int = 5) -> list[Link]:
    """Other answers of the same theme, the most useful first."""
    return _links(article, language, Q(article__category=article.category_id) & ~Q(article=article.pk), limit)


def _links(article: Article, language: str, which: Q, limit: int) -> list[Link]:
    rows = ArticleTranslation.objects.of(article.shop, language).published().by_usefulness().filter(which)
    return [Link(*row) for row in rows.values_list("article_id", "slug", "title")[:limit]]


def translations(article: Article) -> list[ArticleTranslation]:
    """The languages in which it is published, in the shop's order."""
    found = article.translations.published().only("language", "slug", "article_id")
    by_language = {one.language: one for one in found}
    return [by_language[code] for code in article.shop.languages if code in by_language]
