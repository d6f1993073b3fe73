from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User


class Goal(models.Model):
    """What a figure should be in every week, month or quarter: of the shop, of a team or of one person (S12)."""

    class Every(models.TextChoices):
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="goals")
    slug = models.CharField(_("figure"), max_length=60)
    target = models.FloatField(_("target"))  # in the figure's unit: seconds, percent, a count
    every = models.CharField(_("period"), max_length=7, choices=Every.choices, default=Every.MONTH)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="goals")
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="goals")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["shop", "slug", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(team=None) | models.Q(person=None), name="goal_team_or_person"),
            models.UniqueConstraint(
                fields=["shop", "slug", "every", "team", "person"], nulls_distinct=False, name="goal_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.target}"
