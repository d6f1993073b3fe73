"""Categories, articles, their translations and every version of their words."""

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User

TITLE, SUMMARY, BODY = 160, 400, 100_000  # characters
ENOUGH_VOTES = 5  # for a share of them to say something


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Category(models.Model):
    """A theme of the help centre, named in each of the shop's languages."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="categories")
    slug = models.SlugField(_("address"), max_length=60)
    icon = models.CharField(_("icon"), max_length=20, default="book")
    names = models.JSONField(_("names by language"), default=dict)
    abouts = models.JSONField(_("what it holds, by language"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "slug"]
        constraints = [models.UniqueConstraint(fields=["shop", "slug"], name="category_slug_once_per_shop")]

    def __str__(self) -> str:
        return self.slug

    def name_in(self, language: str) -> str:
        return str(self.names.get(language) or next(iter(self.names.values()), self.slug))

    def about_in(self, language: str) -> str:
        return str(self.abouts.get(language, ""))


class Article(models.Model):
    """One answer, whatever the language. Its words are its translations."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="articles")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="articles")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles")
    reason = models.CharField(
        _("contact reason"), max_length=120, blank=True, db_index=True, help_text=_("The key of what it answers.")
    )
    source_tickets = ArrayField(models.BigIntegerField(), default=list, blank=True)
    skus = ArrayField(models.CharField(max_length=80), verbose_name=_("products (SKU)"), default=list, blank=True)
    related: "models.ManyToManyField[Article, Article]" = models.ManyToManyField("self", blank=True)
    review_at = models.DateField(_("review on"), null=True, blank=True)
    helpful = models.PositiveIntegerField(default=0)
    unhelpful = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [GinIndex(fields=["skus"], name="article_skus")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def usefulness(self) -> int:
        """What answers are ordered by (S70): a question solved counts twice, a vote against takes one away."""
        return self.solved * 2 + self.helpful - self.unhelpful

    @property
    def percent_helpful(self) -> int | None:
        """Of those who voted; None while too few have."""
        return round(100 * self.helpful / self.votes) if self.votes >= ENOUGH_VOTES else None

    @property
    def votes(self) -> int:
        return self.helpful + self.unhelpful

    @property
    def review_is_overdue(self) -> bool:
        return self.review_at is not None and self.review_at <= timezone.localdate()


class TranslationQuerySet(models.QuerySet["ArticleTranslation"]):
    def published(self) -> "TranslationQuerySet":
        return self.filter(state=State.PUBLISHED)

    def of(self, shop: Shop | int, language: str) -> "TranslationQuerySet":
        return self.filter(shop=shop, language=language)

    def by_usefulness(self) -> "TranslationQuerySet":
        """The answers that solved most questions first; a vote against weighs as much as one for."""
        return self.order_by("-usefulness", "article_id")

    def review_overdue(self, on: date | None = None) -> "TranslationQuerySet":
        return self.filter(article__review_at__lte=on or timezone.localdate())


class ArticleTranslation(models.Model):
    """An article in one language: the words that are live, or those of the first draft while none are."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="translations")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    language = models.CharField(_("language"), max_length=8)
    slug = models.SlugField(_("address"), max_length=90)
    title = models.CharField(_("title"), max_length=TITLE)
    summary = models.TextField(_("the answer in short"), max_length=SUMMARY, blank=True)
    body = models.TextField(_("text"), max_length=BODY, blank=True)
    html = models.TextField(editable=False, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    live_version = models.PositiveIntegerField(null=True, editable=False)
    newest_version = models.PositiveIntegerField(default=0, editable=False)
    is_outdated = models.BooleanField(_("the original has changed since"), default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    usefulness = models.IntegerField(default=0, editable=False)  # of its article, kept here to sort by
    search = SearchVectorField(null=True, editable=False)
    heading = models.GeneratedField(  # of `search` what the title and the short answer say: read first, a tenth as long
        expression=models.Func("search", models.Value("{a,b}"), function="ts_filter"),
        output_field=SearchVectorField(null=True),
        db_persist=True,
    )

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["language"]
        indexes = [
            GinIndex(fields=["search"], name="translation_search", condition=Q(state=State.PUBLISHED)),
            GinIndex(fields=["heading"], name="translation_heading", condition=Q(state=State.PUBLISHED)),
            models.Index(
                fields=["shop", "language", "-usefulness", "article"],
                name="translation_by_usefulness",
                condition=Q(state=State.PUBLISHED),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="translation_once_per_language"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(published_at__isnull=False, live_version__isnull=False),
                name="translation_published_since",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    @property
    def has_unpublished_changes(self) -> bool:
        return self.is_published and self.live_version != self.newest_version


class ArticleVersion(models.Model):
    """What somebody saved: never changed, restored by saving it again."""

    translation = models.ForeignKey(ArticleTranslation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=TITLE)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.translation_id}.{self.number}"

    @property
    def text(self) -> str:
        """Everything in one piece, for comparing."""
        return f"# {self.title}\n\n{self.summary}\n\n{self.body}".strip() + "\n"


class ArticleImage(models.Model):
    """A picture of an article: raster only, its type read from its content."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    file = models.FileField(upload_to="help/images/", max_length=200)
    content_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.uuid)
