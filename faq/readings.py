"""What the public pages read: themes with their counts, answers by usefulness, one article with its neighbours."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, QuerySet

from accounts.models import Shop
from faq.models import Article, ArticleTranslation, Category
from helpdesk.lib import compiled

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


def themes(shop: Shop, language: str) -> tuple[Theme, ...]:
    """The shop's categories in the editors' order, with the number of published articles as of a minute ago."""
    counts = cache.get_or_set(f"help-counts:{shop.pk}:{language}", lambda: _counts(shop, language), COUNTED_EVERY)
    return tuple(
        Theme(row.slug, row.icon, row.name_in(language), row.about_in(language), (counts or {}).get(row.pk, 0))
        for row in compiled.found(lambda pk: Category.objects.filter(shop=pk), "themes", shop.pk)
    )


def _counts(shop: Shop, language: str) -> dict[int | None, int]:
    rows = ArticleTranslation.objects.of(shop, language).published().values_list("article__category")
    return dict(rows.annotate(count=Count("pk")).order_by())


def answers(shop: Shop | int, language: str) -> QuerySet[ArticleTranslation]:
    """The published articles of a language, the most useful first, as links need them."""
    rows = ArticleTranslation.objects.of(shop, language).published().by_usefulness()
    return rows.select_related("article__category").only(*CARD)


def most_useful(shop: Shop, language: str, limit: int = 8) -> list[ArticleTranslation]:
    """The first of `answers`."""
    return compiled.found(lambda pk: answers(pk, language)[:limit], ("most useful", language, limit), shop.pk)


def about_reason(shop: Shop, language: str, reason: str) -> QuerySet[ArticleTranslation]:
    """The answers to a contact reason, by its key."""
    return answers(shop, language).filter(article__reason=reason)


def published(shop: Shop, language: str, number: int) -> ArticleTranslation | None:
    """One article in one language as its page shows it, if the public may read it."""

    def whole(shop: int, number: int) -> QuerySet[ArticleTranslation]:
        rows = ArticleTranslation.objects.of(shop, language).published().filter(article=number)
        return rows.select_related("article__category", "updated_by").defer("search", "heading", "body")

    found = next(iter(compiled.found(whole, ("article", language), shop.pk, number)), None)
    if found:
        found.article.shop = shop  # the same row: not read twice
    return found


def about_products(shop: int, language: str, skus: Any) -> QuerySet[ArticleTranslation]:
    """The answers about any of these products, the most useful first."""
    rows = ArticleTranslation.objects.of(shop, language).published().by_usefulness().select_related("article")
    return rows.filter(article__skus__overlap=skus).only("language", "slug", "title", "article__skus")


def related(article: Article, language: str, limit: int = 6) -> list[Link]:
    """What editors linked to this article, the most useful first."""

    def linked(shop: int, number: int) -> QuerySet[ArticleTranslation, tuple[Any, ...]]:
        return _links(shop, language).filter(article__related=number)[:limit]

    return [Link(*row) for row in compiled.found(linked, ("related", language, limit), article.shop_id, article.pk)]


def neighbours(article: Article, language: str, limit: int = 5) -> list[Link]:
    """Other answers of the same theme, the most useful first."""

    def beside(shop: int, theme: int, number: int) -> QuerySet[ArticleTranslation, tuple[Any, ...]]:
        return _links(shop, language).filter(article__category=theme).exclude(article=number)[:limit]

    if article.category_id is None:
        return []
    numbers = (article.shop_id, article.category_id, article.pk)
    return [Link(*row) for row in compiled.found(beside, ("beside", language, limit), *numbers)]


def _links(shop: int, language: str) -> QuerySet[ArticleTranslation, tuple[Any, ...]]:
    rows = ArticleTranslation.objects.of(shop, language).published().by_usefulness()
    return rows.values_list("article_id", "slug", "title")


def translations(article: Article) -> list[ArticleTranslation]:
    """The languages in which it is published, in the shop's order."""

    def spoken(number: int) -> QuerySet[ArticleTranslation]:
        return ArticleTranslation.objects.filter(article=number).published().only("language", "slug", "article_id")

    by_language = {one.language: one for one in compiled.found(spoken, "translations", article.pk)}
    return [by_language[code] for code in article.shop.languages if code in by_language]
