from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.shop import Shop
from helpdesk.lib import compiled


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    LEAD = "lead", _("Team lead")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Administrator")
    PARTNER = "partner", _("External partner")


class Presence(models.TextChoices):
    ONLINE = "online", _("Available")
    AWAY = "away", _("Away")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who works here. E-mail, first and last name are required (S137)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, role=Role.ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Someone who answers customers or runs the shop. Logs in by e-mail."""

    email = models.EmailField(_("e-mail"))
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.AGENT)
    language = models.CharField(_("language"), max_length=8, blank=True, help_text=_("Empty: the browser's."))
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    theme = models.CharField(_("theme"), max_length=8, blank=True, help_text=_("Empty: the system's."))
    density = models.CharField(_("density"), max_length=8, default="normal")
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    capacity = models.PositiveSmallIntegerField(_("live tickets at once"), default=20)
    mail_digest = models.BooleanField(_("mail what I have not read for 15 minutes"), default=True)
    presence = models.CharField(max_length=8, choices=Presence.choices, default=Presence.AWAY)
    key = models.CharField(max_length=200, unique=True, null=True, blank=True, help_text=_("Key in an archive."))
    is_active = models.BooleanField(_("works here"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]
    objects = UserManager()

    class Meta:
        ordering = ["first_name", "last_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=~models.Q(first_name="") & ~models.Q(last_name=""), name="user_has_full_name"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)  # get_role_display looks up the words of all roles first

    @property
    def presence_label(self) -> str:
        return str(Presence(self.presence).label)

    def language_for(self, shop: Shop | None) -> str:
        """What letters to them are written in; of somebody who leaves it to the browser, the shop's (None: any's)."""
        shop = shop if self.language or shop else Shop.objects.order_by("pk").first()
        return self.language or (shop.default_language if shop else settings.LANGUAGE_CODE)

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.last_name[:1]).upper()

    @property
    def colour(self) -> int:
        """1..6: the colleague's avatar colour, the same everywhere."""
        return (self.pk or 0) % 6 + 1

    def team_ids(self) -> list[int]:
        """The teams of this user; read once per request."""
        if not hasattr(self, "_team_ids"):
            self._team_ids: list[int] = compiled.found(
                lambda me: User.teams.through.objects.filter(user=me).order_by("team").values_list("team", flat=True),
                "teams of",
                self.pk,
            )
        return self._team_ids
