"""How one shop's help centre looks, where it answers, and what it announces."""

from datetime import datetime

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop

hex_colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("A colour such as #0f6b5c."))
host_name = RegexValidator(
    r"^(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,61}\Z", _("A host such as help.shop.com.")
)


class HelpCentre(models.Model):
    """The theme and the own domain of a shop's public pages. A shop without one wears the house's colours."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="help_centre")
    host = models.CharField(
        _("own domain"),
        max_length=253,
        unique=True,
        null=True,
        blank=True,
        validators=[host_name],
        help_text=_("Must also stand in ALLOWED_HOSTS."),
    )
    accent = models.CharField(_("accent colour"), max_length=7, blank=True, validators=[hex_colour])
    accent_dark = models.CharField(_("accent colour, dark"), max_length=7, blank=True, validators=[hex_colour])
    logo = models.FileField(_("logo"), upload_to="help/logos/", blank=True, max_length=200)
    logo_type = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.shop_id}"


class BannerQuerySet(models.QuerySet["Banner"]):
    def shown(self, at: datetime | Now | None = None) -> "BannerQuerySet":
        """Those whose dates include this instant."""
        at = at or timezone.now()
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


class Banner(models.Model):
    """A known problem or special occasion, announced on every public page between its dates (S14)."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="banners")
    titles = models.JSONField(_("titles by language"), default=dict)
    texts = models.JSONField(_("texts by language"), default=dict)
    article = models.ForeignKey("faq.Article", on_delete=models.SET_NULL, null=True, blank=True)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BannerQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="banner_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return next(iter(self.titles.values()), "")
