"""/articles/: the help centre, read by everybody who works here, written by leads and programs of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Shop
from faq import actions, addresses
from faq.actions import Text as Words
from faq.models import Article, ArticleTranslation, Category, State
from faq.models.article import BODY, SUMMARY, TITLE
from helpdesk.api.fields import Flag, Listing, Named, Shown, Strict, Text, Whole, orderings
from helpdesk.api.views import Reads, check
from helpdesk.lib.refused import Refused

LANGUAGES_AT_ONCE = 20


class ArticleListing(Listing):
    shop = Named(Shop, "key", required=False)
    category = Text(required=False, max_length=60, help_text="The theme's slug.")
    language = Text(required=False, max_length=8, help_text="Articles that exist in this language.")
    state = serializers.ChoiceField(choices=State.choices, required=False, help_text="Of any of its translations.")
    sku = Text(required=False, max_length=80)
    ordering = orderings("id", "review_at")


class TranslationOut(Shown):
    version = serializers.IntegerField(source="newest_version")
    url = serializers.SerializerMethodField()

    class Meta:
        model = ArticleTranslation
        fields = [
            *("language", "title", "slug", "summary", "body", "state", "version", "live_version"),
            *("is_outdated", "published_at", "updated_at", "url"),
        ]

    def get_url(self, row: ArticleTranslation) -> str | None:
        """Where readers find it; null while it is a draft."""
        return addresses.absolute(row.shop, addresses.article(row.shop, row)) if row.is_published else None


class ArticleOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    category: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True, allow_null=True)
    related: Any = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
    translations = TranslationOut(many=True)

    class Meta:
        model = Article
        fields = [
            *("id", "shop", "category", "reason", "source_tickets", "skus", "related", "review_at"),
            *("helpful", "unhelpful", "solved", "translations"),
        ]


class TranslationIn(Strict):
    language = Text(min_length=2, max_length=8)
    title = Text(max_length=TITLE)
    summary = Text(max_length=SUMMARY, required=False, default="", allow_blank=True)
    body = Text(
        max_length=BODY, required=False, default="", allow_blank=True, trim_whitespace=False, help_text="Markdown."
    )
    note = Text(max_length=200, required=False, default="", allow_blank=True)
    published = Flag(required=False, help_text="true shows it, false hides it; without it, it stays as it is.")


class ArticleChanges(Strict):
    category = Text(required=False, max_length=60, allow_null=True, help_text="The theme's slug.")
    skus = serializers.ListField(child=Text(max_length=80), required=False, max_length=100)
    related = serializers.ListField(
        child=Whole(max_value=2**63 - 1), required=False, max_length=50, help_text="Ids of other articles."
    )
    review_at = serializers.DateField(required=False, allow_null=True)
    translations = serializers.ListField(child=TranslationIn(), required=False, max_length=LANGUAGES_AT_ONCE)


class ArticleIn(ArticleChanges):
    shop = Named(Shop, "key")
    reason = Text(required=False, max_length=120, allow_blank=True, default="")
    source_tickets = serializers.ListField(child=Whole(), required=False, max_length=1000)
    translations = serializers.ListField(child=TranslationIn(), min_length=1, max_length=LANGUAGES_AT_ONCE)


class Articles(Reads):
    """Articles with their translations; each change of words is a version."""

    policy = {
        "list": "articles.read",
        "retrieve": "articles.read",
        "create": "articles.write",
        "partial_update": "articles.write",
        "destroy": "articles.write",
    }
    out, into, listing = ArticleOut, ArticleIn, ArticleListing

    def rows(self) -> QuerySet[Article]:
        words = ArticleTranslation.objects.select_related("shop__help_centre").defer("html", "search", "heading")
        rows = Article.objects.select_related("shop", "category")
        return rows.prefetch_related("related", Prefetch("translations", words))

    def filtered(self, rows: QuerySet[Article]) -> QuerySet[Article]:
        columns = {
            "shop": "shop",
            "category": "category__slug",
            "language": "translations__language",
            "state": "translations__state",
            "sku": "skus__contains",
        }
        wanted = {columns[name]: value for name, value in self.listed.items() if name in columns}
        if "skus__contains" in wanted:
            wanted["skus__contains"] = [wanted["skus__contains"]]
        return rows.filter(pk__in=Article.objects.filter(**wanted).values("pk")) if wanted else rows

    @transaction.atomic
    def create(self, request: Request) -> Response:
        """An article with at least one translation; `published` shows it at once."""
        form = check(ArticleIn, request.data)
        first, *others = form["translations"]
        with refusals():
            article = actions.create_article(
                form["shop"],
                _words(first),
                by=self.me,
                language=first["language"],
                category=_category(form["shop"], form.get("category")),
                skus=form.get("skus", ()),
                reason=form["reason"],
                source_tickets=form.get("source_tickets", ()),
            )
            self._change(article, form | {"translations": [first, *others]})
        return self.show(self.rows().get(pk=article.pk), ArticleOut, 201)

    @extend_schema(request=ArticleChanges)
    @transaction.atomic
    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """What is named changes; a translation that is not named stays."""
        article = self.get_object()
        form = check(ArticleChanges, request.data)
        with refusals():
            self._change(article, form)
        return self.show(self.rows().get(pk=article.pk), ArticleOut)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """For good, with versions and votes; self-service entries stay in the figures."""
        actions.delete_article(self.get_object())
        return Response(status=204)

    def _change(self, article: Article, form: dict[str, Any]) -> None:
        category = _category(article.shop, form["category"]) if "category" in form else article.category
        actions.file_article(
            article,
            category=category,
            skus=form.get("skus", article.skus),
            related=_related(article, form["related"]) if "related" in form else list(article.related.all()),
            review_at=form.get("review_at", article.review_at),
        )
        for said in form.get("translations", ()):
            version = actions.save_draft(article, said["language"], _words(said), by=self.me, note=said["note"])
            if said.get("published"):
                actions.publish(version.translation)
            elif said.get("published") is False:
                actions.withdraw(version.translation)


def _words(said: dict[str, Any]) -> Words:
    return Words(said["title"], said["summary"], said["body"])


def _category(shop: Shop, slug: str | None) -> Category | None:
    found = Category.objects.filter(shop=shop, slug=slug).first() if slug else None
    if slug and found is None:
        raise Refused("category", "There is no such theme.")
    return found


def _related(article: Article, numbers: list[int]) -> list[Article]:
    found = list(Article.objects.filter(pk__in=numbers))
    if len(found) != len(set(numbers)):
        raise Refused("related", "There is no article with one of these numbers.")
    return found


@contextmanager
def refusals() -> Iterator[None]:
    """Around a call of faq.actions: what it refuses is a 400 that names the field."""
    try:
        yield
    except Refused as error:
        raise ValidationError({error.field: error.words}) from None
