import hashlib
import secrets
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User

PREFIX = "cmt_"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def valid(self, at: datetime | None = None) -> "ApiTokenQuerySet":
        at = at or timezone.now()
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at=None, user__is_active=True)


class ApiToken(models.Model):
    """A key to the API with the rights of its user, narrowed by scopes. Only its SHA-256 is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("write")
        INBOUND = "inbound", _("deliver inbound messages")
        ADMIN = "admin", _("settings")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(cls, user: User, name: str, scopes: list[str] | None = None) -> tuple["ApiToken", str]:
        """A new token and its secret, which is shown once and never stored."""
        secret = PREFIX + secrets.token_urlsafe(32)
        scopes = list(cls.Scope.values) if scopes is None else scopes
        return cls.objects.create(user=user, name=name, digest=cls.digest_of(secret), scopes=scopes), secret

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()
