from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop

UNDO_SECONDS = 10


def usual_limits() -> dict[str, str]:
    """What each role may give without asking (S112), in the shop's currency, until somebody decides."""
    return {"agent": "30.00", "lead": "100.00", "manager": "500.00", "admin": "5000.00", "partner": "0.00"}


class DeskSettings(models.Model):
    """How a shop's desk behaves. One row per shop, made on first use."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="desk_settings")
    undo_seconds = models.JSONField(default=dict, blank=True)  # {"email": 10}; kinds left out: 10, chat: 0
    reason_required = models.BooleanField(_("a reason is required to solve"), default=False)
    coach_blocks = models.BooleanField(_("the reply coach may block"), default=False)
    assignment = models.CharField(
        _("assignment"),
        max_length=8,
        default="manual",
        choices=[("manual", _("by hand")), ("turn", _("in turn")), ("load", _("by load"))],
    )
    compensation_limits = models.JSONField(default=dict, blank=True)  # by role; empty: nobody has decided yet
    phrases = models.JSONField(default=dict, blank=True)  # the reply coach's own lists, by language

    def __str__(self) -> str:
        return str(self.shop)

    @classmethod
    def of(cls, shop: Shop) -> "DeskSettings":
        row, _made = cls.objects.get_or_create(shop=shop)
        return row

    def limit_of(self, role: str) -> Decimal:
        """What this role may give without asking."""
        return Decimal((self.compensation_limits or usual_limits()).get(role, "0"))

    def undo_for(self, channel_kind: str) -> int:
        """Seconds during which a reply on this kind of channel can be taken back."""
        usual: dict[str, Any] = {"chat": 0}
        return int(self.undo_seconds.get(channel_kind, usual.get(channel_kind, UNDO_SECONDS)))


class CustomField(models.Model):
    """A field of the shop's own on every ticket; its values stand in `Ticket.fields` by key."""

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        CHOICE = "choice", _("choice")
        YES_NO = "yes_no", _("yes or no")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, blank=True, related_name="custom_fields")
    key = models.SlugField(_("key"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    required_to_solve = models.BooleanField(_("required to solve"), default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label
