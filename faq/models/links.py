"""What the nightly check of links found (S38)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from faq.models.article import ArticleTranslation


class LinkFault(models.Model):
    """A link that leads nowhere, or a shop that does not lead to us or to itself. Each check writes them anew."""

    class Kind(models.TextChoices):
        GONE = "gone", _("What it leads to is no longer there")
        PART = "part", _("The article has no such part")
        REFUSED = "refused", _("The other site says that there is nothing")
        SILENT = "silent", _("The other site does not answer")
        NO_WAY = "no_way", _("The page does not link to the help")
        NO_REACH = "no_reach", _("Mails and public pages show no phone or no e-mail")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    translation = models.ForeignKey(ArticleTranslation, on_delete=models.CASCADE, null=True, related_name="faults")
    address = models.CharField(max_length=2000)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(translation__isnull=False) | Q(kind__in=["no_way", "no_reach", "silent", "refused"]),
                name="link_fault_of_an_article_or_a_page",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.kind}"
