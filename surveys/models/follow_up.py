from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from surveys.models.survey import Survey


class Outcome(models.TextChoices):
    PUT_RIGHT = "put_right", _("put right")
    EXPLAINED = "explained", _("explained")
    COMPENSATED = "compensated", _("compensated")
    NOT_REACHED = "not_reached", _("customer not reached")
    NOTHING = "nothing", _("nothing to be done")


class FollowUp(models.Model):
    """A low score that somebody has to put right: an owner, a deadline, and at the end an outcome (S95)."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="follow_up")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=11, choices=Outcome.choices, blank=True)
    words = models.TextField(_("what was done"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="", closed_by=None)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="follow_up_closed_only_with_an_outcome",
            )
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(closed_at=None), name="follow_up_open")]

    def __str__(self) -> str:
        return str(self.survey)

    def is_overdue(self, at: datetime) -> bool:
        return self.closed_at is None and self.due_at < at
