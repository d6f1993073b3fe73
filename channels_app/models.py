import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from channels_app.secrets import seal, unseal
from hours.models import Calendar

SECRET_FIELDS = {"password", "client_secret", "refresh_token", "access_token", "secret"}


class ChannelKind(models.TextChoices):
    """The channels of CONTRACT section 4; an adapter may exist for each, orders of display as here."""

    EMAIL = "email", _("E-mail")
    FORM = "form", _("Form")
    CHAT = "chat", _("Chat")
    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"
    MESSENGER = "messenger", "Messenger"
    INSTAGRAM = "instagram", "Instagram"
    X = "x", "X"
    TELEGRAM = "telegram", "Telegram"
    VOICE = "voice", _("Phone")
    VOICEMAIL = "voicemail", _("Voicemail")
    API = "api", "API"


class Channel(models.Model):
    """One mailbox, number or account of a shop. Switched off it keeps its tickets (S57)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    name = models.CharField(_("name"), max_length=80, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="channels")
    address = models.CharField(_("address"), max_length=254, blank=True)
    config = models.JSONField(default=dict, blank=True)
    sealed = models.JSONField(default=dict, blank=True, editable=False)  # secrets, encrypted, by dotted path
    enabled = models.BooleanField(_("enabled"), default=True)
    calendar = models.ForeignKey(  # null: the shop's own hours
        Calendar, verbose_name=_("hours"), on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    trouble = models.TextField(_("trouble"), blank=True, editable=False)
    trouble_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("address"), "kind", condition=~Q(address=""), name="channel_address_once_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(trouble="", trouble_since=None) | (~Q(trouble="") & Q(trouble_since__isnull=False)),
                name="channel_trouble_has_a_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def settings(self) -> dict[str, Any]:
        """The configuration with its secrets in the clear: for adapters only."""
        plain: dict[str, Any] = {
            key: dict(value) if isinstance(value, dict) else value for key, value in self.config.items()
        }
        for path, sealed in self.sealed.items():
            section, _dot, field = path.rpartition(".")
            (plain.setdefault(section, {}) if section else plain)[field] = unseal(sealed)
        return plain

    def configure(self, config: dict[str, Any]) -> None:
        """Take over a configuration, sealing its secrets. Does not save.

        A secret left out keeps its value, but not when its section goes or names another host: it was meant for the
        old one.
        """
        for path in list(self.sealed):
            section, _dot, _field = path.rpartition(".")
            if section and _host(self.config.get(section)) != _host(config.get(section)):
                del self.sealed[path]
        public: dict[str, Any] = {}
        for key, value in config.items():
            if isinstance(value, dict):
                public[key] = {field: v for field, v in value.items() if field not in SECRET_FIELDS}
                secrets = {f"{key}.{field}": v for field, v in value.items() if field in SECRET_FIELDS}
            else:
                secrets = {key: value} if key in SECRET_FIELDS else {}
                if not secrets:
                    public[key] = value
            self.sealed.update({path: seal(str(secret)) for path, secret in secrets.items() if secret})
        self.config = public
        self.address = str(config.get("address", self.address))


def _host(section: Any) -> tuple[object, object] | None:
    return (section.get("host"), section.get("token_url")) if isinstance(section, dict) else None


class InboundQuerySet(models.QuerySet["InboundMessage"]):
    def waiting(self, at: datetime | None = None) -> "InboundQuerySet":
        at = at or timezone.now()
        return self.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=at), state=InboundMessage.State.STORED)

    def troubled(self) -> "InboundQuerySet":
        return self.filter(state=InboundMessage.State.FAILED)


class InboundMessage(models.Model):
    """What came in, as it came in: stored before it is acknowledged, kept whatever becomes of it."""

    class State(models.TextChoices):
        STORED = "stored", _("stored")
        PROCESSED = "processed", _("processed")
        IGNORED = "ignored", _("ignored")
        FAILED = "failed", _("failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="inbound")
    dedupe_key = models.CharField(max_length=200)
    source = models.CharField(max_length=20)  # smtp, lmtp, imap, pipe, api, webhook
    envelope = models.JSONField(default=dict)  # {mail_from, rcpt_to: [...]} or a webhook's headers
    raw = models.BinaryField()
    size = models.PositiveBigIntegerField()
    request_id = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = InboundQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "dedupe_key"], name="inbound_once"),
            models.CheckConstraint(
                condition=Q(state__in=["stored", "failed"], processed_at=None)
                | Q(state__in=["processed", "ignored"], processed_at__isnull=False),
                name="inbound_processed_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="stored"), name="inbound_waiting"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="inbound_failed"),
            models.Index(fields=["received_at"], name="inbound_received"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}/{self.pk}"


class MailboxCursor(models.Model):
    """How far one IMAP folder has been read; moved in the same transaction that stores what was read."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="cursors")
    folder = models.CharField(max_length=200)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    polled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "folder"], name="one_cursor_per_folder")]

    def __str__(self) -> str:
        return f"{self.folder}@{self.last_uid}"


class OutboundQuerySet(models.QuerySet["OutboundMessage"]):
    def due(self, at: datetime | None = None) -> "OutboundQuerySet":
        """Waiting messages whose time has come, and those whose sender died with the lease still running out."""
        at = at or timezone.now()
        states = OutboundMessage.State
        return self.filter(
            Q(state=states.QUEUED, not_before__lte=at)
            | Q(state=states.UNKNOWN, not_before__lte=at)
            | Q(state=states.SENDING, lease_until__lte=at)
        )


class OutboundMessage(models.Model):
    """One message to leave exactly once: self-contained, written in the transaction of what it tells about."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to leave")
        SENDING = "sending", _("leaving")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("not delivered")
        UNKNOWN = "unknown", _("uncertain: checking before any resend")
        KEPT = "kept", _("kept here: no mail server is set")
        CANCELLED = "cancelled", _("taken back")

    LIVE = (State.QUEUED, State.SENDING, State.UNKNOWN)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="outbound")
    thread = models.CharField(max_length=40)  # the ticket's number: what our reply address and Message-ID name
    sender_name = models.CharField(max_length=200)
    to = models.JSONField()  # [{"value", "name"}], never empty
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    references = models.JSONField(default=list)  # ids of the thread, oldest first
    files = models.JSONField(default=list)  # [{"name", "content_type", "path", "content_id", "inline"}]
    automatic = models.BooleanField(default=False)
    external_id = models.CharField(max_length=255, unique=True, null=True)  # set once, before the first attempt
    provider_id = models.CharField(max_length=255, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)  # from here on, a dead worker means "unknown"
    sent_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)
    error = models.TextField(blank=True)

    objects = OutboundQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sending", lease__isnull=False, lease_until__isnull=False)
                | (~Q(state="sending") & Q(lease=None, lease_until=None)),
                name="outbound_leased_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "delivered"], sent_at__isnull=False)
                | ~Q(state__in=["sent", "delivered"]),
                name="outbound_sent_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state__in=["queued", "unknown"]), name="outbound_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="outbound_leased"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="outbound_failed"),
            models.Index(F("provider_id"), condition=~Q(provider_id=""), name="outbound_provider_id"),
        ]

    def __str__(self) -> str:
        return f"{self.thread}/{self.pk}"
