from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User


class Report(models.Model):
    """The first figures by mail, at a time of the shop's own clock (S17)."""

    class Every(models.TextChoices):
        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="reports")
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), default=0, validators=[MinValueValidator(0), MaxValueValidator(6)]
    )  # 0 is Monday; of weekly ones only; monthly ones leave on the first
    hour = models.TimeField(_("time"), default=time(8))
    people = models.ManyToManyField(User, verbose_name=_("to whom"), related_name="reports")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_for = models.DateTimeField(default=timezone.now)  # the moment whose report has left; later ones are due

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.shop} {self.every}"
