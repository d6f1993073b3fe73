"""Letters about a banner to the customers whose orders it concerns (S14)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from faq.models.centre import Banner


class Notice(models.Model):
    """What a colleague had written to the customers of affected orders."""

    banner = models.ForeignKey(Banner, on_delete=models.CASCADE, related_name="notices")
    submission = models.UUIDField(default=uuid.uuid4, unique=True)  # the same form sent again is the same notice
    words = models.JSONField()  # {"fr": {"subject", "text"}}
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.banner}: {self.at:%Y-%m-%d}"


class NoticeLetterQuerySet(models.QuerySet["NoticeLetter"]):
    def waiting(self) -> "NoticeLetterQuerySet":
        return self.filter(left_at=None, withheld="")

    def left(self) -> "NoticeLetterQuerySet":
        return self.filter(left_at__isnull=False)


class NoticeLetter(models.Model):
    """One customer's letter: written with the notice, handed to the outbox once. One mailbox hears of a banner once."""

    class Withheld(models.TextChoices):
        OVER = "over"  # the banner was withdrawn, or has ended
        BLOCKED = "blocked"
        NO_MAILBOX = "no_mailbox"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="letters")
    banner = models.ForeignKey(Banner, on_delete=models.CASCADE, related_name="letters")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="notices")
    address = models.CharField(max_length=320)
    language = models.CharField(max_length=8)
    orders = models.JSONField()  # their numbers
    left_at = models.DateTimeField(null=True)  # given to the outbox, in the transaction that wrote it there
    withheld = models.CharField(max_length=10, choices=Withheld.choices, blank=True)
    outbound = models.OneToOneField(
        "channels_app.OutboundMessage", on_delete=models.SET_NULL, null=True, related_name="notice"
    )

    objects = NoticeLetterQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["banner", "address"], name="notice_once_per_mailbox"),
            models.CheckConstraint(condition=Q(left_at=None) | Q(withheld=""), name="notice_left_or_withheld"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(left_at=None, withheld=""), name="notice_waiting")]

    def __str__(self) -> str:
        return self.address
