import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team

Terms = tuple[str, dict[str, Any], list[Any], dict[str, Any], list[Any]]


class Hours(models.Model):
    """Weekly intervals, dated exceptions, public holidays and campaigns, in the wall clock of one time zone.

    `weekly` maps mon..sun to [["09:00", "12:00"], ...]; it may pass midnight ("26:00" is 02:00 the next day).
    `exceptions` lists {"date": "2026-12-24", "open": [["09:00", "13:00"]], "why"?: ""}: they replace what begins then.
    `holidays`: {} or {"country": "FR", "subdivision": "57", "worked": ["Lundi de Pentecôte"]}: closed days of a
    country's calendar, but for those worked, named as the country names them. An exception of the same date wins.
    `campaigns` lists {"date": "2026-11-19", "from": "19:00", "until": "21:00", "why": ""}: they add to the day's hours.
    """

    timezone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("weekly hours"), default=dict)
    exceptions = models.JSONField(_("exceptions"), default=list, blank=True)
    holidays = models.JSONField(_("public holidays"), default=dict, blank=True)
    campaigns = models.JSONField(_("campaigns"), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def terms(self) -> Terms:
        """All that open time depends on."""
        return self.timezone, self.weekly, self.exceptions, self.holidays, self.campaigns


class Calendar(Hours):
    """When a shop, or one of its teams or channels, is open. Its own fields are its newest hours."""

    key = models.SlugField(_("key"), max_length=120, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="calendars")
    default = models.BooleanField(_("the shop's own hours"), default=False)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), related_name="calendars", blank=True)
    # Names the state of `earlier` for the caches of every process; null while there are no earlier hours.
    stamp = models.UUIDField(null=True, editable=False)

    earlier: "models.Manager[EarlierHours]"

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["shop"], condition=Q(default=True), name="one_default_calendar_per_shop")
        ]

    def __str__(self) -> str:
        return self.key

    def versions(self) -> list[tuple[datetime | None, Hours]]:
        """Every version with the instant from which it is in force, oldest first; None: since ever."""
        rows: list[EarlierHours] = list(self.earlier.all()) if self.stamp else []
        starts: list[datetime | None] = [None, *(row.until for row in rows)]
        return list(zip(starts, [*rows, self], strict=True))

    def in_force(self, at: datetime) -> Hours:
        """The hours in force at this instant."""
        return [hours for start, hours in self.versions() if start is None or start <= at][-1]

    def restamp(self, *, has_earlier: bool) -> None:
        self.stamp = uuid.uuid4() if has_earlier else None


class EarlierHours(Hours):
    """The hours that were in force until an instant, from the `until` of the row before."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="earlier")
    until = models.DateTimeField()

    class Meta:
        ordering = ["until"]
        constraints = [models.UniqueConstraint(fields=["calendar", "until"], name="earlier_hours_once")]

    def __str__(self) -> str:
        return f"{self.calendar} until {self.until:%Y-%m-%d %H:%M}"
