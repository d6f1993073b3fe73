import uuid
from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from channels_app.models import Channel
from tickets.models.ticket import Ticket


class ChatSession(models.Model):
    """A visitor's conversation through the widget: who they are, where they are, and whether they are still there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="chats")
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, related_name="chats")  # once they wrote
    visitor = models.CharField(max_length=160)  # the value of their Identity
    verified = models.BooleanField(default=False)  # the shop vouches for them
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)  # claimed, unless verified
    language = models.CharField(max_length=8, blank=True)
    page_url = models.CharField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)  # the last sign of life, to a quarter of a minute

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["channel", "visitor"], name="chat_of_visitor"),
            models.Index(fields=["seen_at"], condition=models.Q(ticket__isnull=False), name="chat_last_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} #{self.ticket_id or '–'}"

    def is_away(self, after: int, at: datetime | None = None) -> bool:
        """Whether the visitor has given no sign of life for `after` seconds."""
        return self.seen_at < (at or timezone.now()) - timedelta(seconds=after)
