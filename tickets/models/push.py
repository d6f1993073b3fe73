from django.db import models

from accounts.models import User


class PushKey(models.Model):
    """The one key pair (pk 1) by which push services know us (RFC 8292), made on first use; the private half sealed."""

    sealed = models.TextField(editable=False)
    public = models.CharField(max_length=100, editable=False)  # uncompressed point, base64url: what browsers take

    def __str__(self) -> str:
        return self.public


class PushSubscription(models.Model):
    """A browser whose user wants to be told while our pages are closed: where, and the keys to encrypt for it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.endpoint[:40]}"
