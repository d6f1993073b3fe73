from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User
from channels_app.models import ChannelKind
from tickets.models import Reason


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        """Those nobody has put away."""
        return self.filter(closed_at=None)


class Alert(models.Model):
    """A day unlike its days: a figure of a channel (S21), or a reason that suddenly rises (S103).

    `value`, `expected` and the band `low` to `high` are in the figure's unit; `tone` says whether it is good news.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="alerts")
    slug = models.CharField(max_length=60)
    channel = models.CharField(max_length=12, choices=ChannelKind.choices, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    value = models.FloatField()
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    n = models.PositiveIntegerField()
    history = models.JSONField(default=list)  # the values of the days before, null where there was none
    tone = models.CharField(
        max_length=4, choices=[("bad", _("bad news")), ("good", _("good news")), ("flat", _("news"))]
    )
    at = models.DateTimeField(auto_now_add=True)
    cause = models.CharField(_("cause"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "slug", "channel", "reason", "day"], nulls_distinct=False, name="alert_once"
            )
        ]
        indexes = [models.Index(fields=["shop"], condition=Q(closed_at=None), name="alert_open")]

    def __str__(self) -> str:
        return f"{self.slug} {self.channel} {self.day}"
