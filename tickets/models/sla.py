from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from hours.models import Calendar
from tickets.models.ticket import Ticket


class Clock(models.TextChoices):
    """How a target's seconds pass: always, or only while the calendar is open."""

    CALENDAR = "calendar", _("calendar time")
    BUSINESS = "business", _("opening hours")


class SlaPolicy(models.Model):
    """What a shop wants to keep, for the tickets that its conditions name. The first that fits, by position, counts.

    `conditions`: {"channels": ["chat"], "priorities": ["high"], "teams": [key], "tags": [...], "reasons": [key],
    "vip": true, "order_over": "100.00"}; what is left out fits any. Targets are seconds; null promises nothing.
    Once overdue, the next higher person is called in after each `escalate_every` open seconds; null: only the first.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=120)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="sla_policies")
    position = models.PositiveIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    clock = models.CharField(_("clock"), max_length=8, choices=Clock.choices, default=Clock.BUSINESS)
    first_reply = models.PositiveIntegerField(_("first reply"), null=True, blank=True)
    next_reply = models.PositiveIntegerField(_("next reply"), null=True, blank=True)
    resolution = models.PositiveIntegerField(_("resolution"), null=True, blank=True)
    warn_at_percent = models.PositiveSmallIntegerField(_("warn at percent"), default=75)
    escalate_every = models.PositiveIntegerField(_("next higher person after"), null=True, blank=True, default=3600)
    version = models.PositiveIntegerField(default=1)  # of its targets: the deadline keeps the one that it was made by
    valid_from = models.DateTimeField(null=True, blank=True)  # null: since ever, as for imported history
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["shop", "position", "pk"]

    def __str__(self) -> str:
        return self.name


class Deadline(models.Model):
    """One target of one ticket: frozen when it starts, judged once. A pause moves `due_at` when it ends."""

    class Kind(models.TextChoices):
        FIRST_REPLY = "first_reply", _("first reply")
        NEXT_REPLY = "next_reply", _("next reply")
        RESOLUTION = "resolution", _("resolution")

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        MET = "met", _("met")
        MISSED = "missed", _("missed")
        CANCELLED = "cancelled", _("cancelled")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    policy = models.ForeignKey(SlaPolicy, on_delete=models.SET_NULL, null=True, related_name="deadlines")
    policy_version = models.PositiveIntegerField(default=1)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    calendar = models.ForeignKey(Calendar, on_delete=models.SET_NULL, null=True, related_name="+")
    target = models.PositiveIntegerField()  # seconds of its clock
    started_at = models.DateTimeField()
    place = models.PositiveSmallIntegerField(default=0)  # among those of its kind that start at the same instant
    due_at = models.DateTimeField(null=True)  # null while paused, or when the hours never come
    warn_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    ended_at = models.DateTimeField(null=True)  # when it was met or cancelled; a missed one keeps the late answer here
    warned_at = models.DateTimeField(null=True)  # when the desk was told; null until then
    breached_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)  # when the next higher person is called in, if nobody has answered

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "started_at", "place"], name="deadline_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["running", "missed"], breached_at=None),
                name="deadline_untold",
            ),
            models.Index(fields=["warn_at"], condition=Q(state="running", warned_at=None), name="deadline_to_warn"),
            models.Index(
                fields=["due_at"], include=["id", "ticket", "kind", "state", "ended_at"], name="deadline_by_due"
            ),
            models.Index(fields=["escalate_at"], condition=Q(escalate_at__isnull=False), name="deadline_to_climb"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.kind} {self.state}"
