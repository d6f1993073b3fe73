from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User


class Reward(models.Model):
    """What a team or a person was given for good work (S54). Kept for ever."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="rewards")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="rewards")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="rewards")
    what = models.CharField(_("reward"), max_length=120)
    why = models.CharField(_("what for"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) ^ Q(person=None), name="reward_of_a_team_or_a_person"),
        ]

    def __str__(self) -> str:
        return self.what
