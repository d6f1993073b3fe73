from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop


class Calendar(models.Model):
    """When a shop is open: weekly intervals plus dated exceptions, in its own time zone.

    `weekly` maps mon..sun to [["09:00", "12:00"], ...]; it may pass midnight ("26:00" is 02:00 the next day).
    `exceptions` lists {"date": "2026-12-24", "open": [["09:00", "13:00"]]}; it replaces what begins then.
    """

    key = models.SlugField(_("key"), max_length=120, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="calendars")
    timezone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("weekly hours"), default=dict)
    exceptions = models.JSONField(_("exceptions"), default=list)
    default = models.BooleanField(_("the shop's own hours"), default=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["shop"], condition=Q(default=True), name="one_default_calendar_per_shop")
        ]

    def __str__(self) -> str:
        return self.key
