from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop


class FigureSettings(models.Model):
    """What a shop may decide about its figures; without a row the defaults of the source documents hold."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="figure_settings")
    active_days = models.PositiveIntegerField(
        _("a customer is active for so many days after an order"), default=365, validators=[MinValueValidator(1)]
    )
    revenue_days = models.PositiveIntegerField(
        _("an order counts for support when placed so many days after the ticket"),
        default=3,
        validators=[MinValueValidator(1)],
    )
    hour_cost = models.DecimalField(
        _("what an hour of work costs"), max_digits=8, decimal_places=2, default=30, validators=[MinValueValidator(0)]
    )  # in the shop's currency; ours
    reply_minutes = models.DecimalField(
        _("minutes of work for one reply"), max_digits=6, decimal_places=1, default=6, validators=[MinValueValidator(0)]
    )  # ours: the time of colleagues is not recorded
    leaderboard = models.BooleanField(_("show the leaderboard and the rewards"), default=False)
    leaderboard_least = models.PositiveIntegerField(
        _("answers without which nobody is ranked"), default=20, validators=[MinValueValidator(2)]
    )
    relevant_channels = models.JSONField(_("channels that make sense for this shop"), default=list, blank=True)

    def __str__(self) -> str:
        return str(self.shop)


class LevelSetting(models.Model):
    """One of our own assumptions in the grading of the service level, as this shop has changed it."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="level_settings")
    key = models.CharField(_("assumption"), max_length=60)
    value = models.FloatField(_("value"))

    class Meta:
        ordering = ["shop", "key"]
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="level_setting_once")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
