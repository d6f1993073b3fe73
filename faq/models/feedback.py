"""What readers said of an article, and the questions that were settled without us (KPIS 4.17)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from faq.models.article import Article, ArticleTranslation


class ArticleFeedback(models.Model):
    """One reader's vote on one article; a second vote of the same reader replaces it."""

    class Reason(models.TextChoices):
        MISSING = "missing", _("The answer is not in it")
        FAILED = "failed", _("It is explained, but it did not work")
        UNCLEAR = "unclear", _("It is not clear")
        RULE = "rule", _("The rule does not suit me")

    translation = models.ForeignKey(ArticleTranslation, on_delete=models.CASCADE, related_name="feedback")
    visitor = models.UUIDField(default=uuid.uuid4)
    helpful = models.BooleanField()
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    comment = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "visitor"], name="feedback_once_per_reader"),
            models.CheckConstraint(
                condition=Q(helpful=False) | Q(reason="", comment=""), name="feedback_why_only_when_unhelpful"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.translation_id}: {self.helpful}"


class SelfServiceEntry(models.Model):
    """A question that a shopper settled alone: confirmed by them (an article) or done (an order's page)."""

    class Kind(models.TextChoices):
        ARTICLE_SOLVED = "article_solved", _("Answered by an article")
        ORDER_TRACKED = "order_tracked", _("Order tracked")
        ORDER_CANCELLED = "order_cancelled", _("Order cancelled")
        RETURN_REQUESTED = "return_requested", _("Return requested")
        ADDRESS_CHANGED = "address_changed", _("Delivery address changed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="self_service")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.SET_NULL, null=True, blank=True, related_name="self_service"
    )
    confirmed = models.BooleanField(default=True)
    article = models.ForeignKey(Article, on_delete=models.SET_NULL, null=True, blank=True)
    visitor = models.UUIDField(null=True, blank=True)
    key = models.CharField(max_length=200, unique=True, null=True, blank=True, help_text=_("Key in an archive."))
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["shop", "at"], name="self_service_shop_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "visitor"],
                condition=Q(article__isnull=False, visitor__isnull=False),
                name="article_solved_once_per_reader",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
