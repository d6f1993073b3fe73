from datetime import timedelta

from django.db import models
from django.utils import timezone

NIGHTLY = timedelta(hours=36)  # a night and the time that a check may take


class Check(models.Model):
    """What came of comparing every stored figure with the timelines: kept so that figures can say how sure they are."""

    at = models.DateTimeField(auto_now_add=True)
    tickets = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    lines = models.JSONField(default=list)  # the first of them

    def __str__(self) -> str:
        return f"{self.at}: {self.differences}"

    @property
    def late(self) -> bool:
        """Whether a night has passed without another."""
        return timezone.now() - self.at > NIGHTLY
