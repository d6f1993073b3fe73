from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Shop, Team, User
from tickets.models.label import Reason
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Problem(models.Model):
    """The cause that several tickets share. It stays open when they close (S84); its fix is measured."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("problem", "open")
        FIXED = "fixed", _("fixed")
        CLOSED = "closed", _("closed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="problems")
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.SET_NULL, null=True, blank=True, related_name="problems")
    sku = models.CharField(_("product"), max_length=120, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="problems")
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="problems")
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    fixed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    tickets = models.ManyToManyField(Ticket, blank=True, related_name="problems")

    class Meta:
        ordering = ["state", "-opened_at"]

    def __str__(self) -> str:
        return self.title


class Complaint(models.Model):
    """The case beside a ticket whose customer complains: six stages, never finished before they say so (S111-S116)."""

    class Stage(models.IntegerChoices):
        LISTEN = 1, _("listen")
        IDENTIFY = 2, _("identify")
        ANNOUNCE = 3, _("announce measures")
        SOLVE = 4, _("solve")
        THANK = 5, _("thank")
        CLOSE = 6, _("close")

    class Phase(models.TextChoices):
        RISING = "rising", _("anger rises")
        PEAK = "peak", _("at its height")
        FALLING = "falling", _("calming down")
        CALM = "calm", _("calm")

    class Outcome(models.TextChoices):
        OPEN = "", _("open")
        CONFIRMED = "confirmed", _("confirmed by the customer")
        UNCONFIRMED = "unconfirmed", _("closed unconfirmed")

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="complaint")
    stage = models.PositiveSmallIntegerField(choices=Stage.choices, default=Stage.LISTEN)
    phase = models.CharField(max_length=7, choices=Phase.choices, default=Phase.RISING)
    measures = models.TextField(_("announced measures"), blank=True)
    solution_due_at = models.DateTimeField(_("solution at the latest"), null=True, blank=True)
    late_at = models.DateTimeField(null=True, editable=False)  # when the desk was told that this date has passed
    requested_outcome = models.CharField(_("what the customer wants"), max_length=300, blank=True)
    given_outcome = models.CharField(_("what was given"), max_length=300, blank=True)
    cause = models.CharField(_("cause"), max_length=300, blank=True)
    justified = models.BooleanField(_("justified"), null=True, blank=True)
    our_fault = models.BooleanField(_("our fault"), null=True, blank=True)
    place = models.CharField(_("page or product"), max_length=300, blank=True)
    prevention = models.TextField(_("preventive action"), blank=True)
    outcome = models.CharField(max_length=11, choices=Outcome.choices, blank=True, default="")
    evidence = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    evidence_note = models.TextField(blank=True)  # a call, in the agent's words
    reminders = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)  # when the customer was last asked to confirm
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="complaint_closed_has_its_outcome",
            )
        ]
        indexes = [
            models.Index(
                fields=["solution_due_at"],
                condition=Q(outcome="", stage__lt=4, late_at=None),
                name="complaint_unsolved",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}"


class Compensation(models.Model):
    """What a customer was given to make up for something, within what the giver's role may give (S50, S112)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="compensations")
    kind = models.CharField(_("kind"), max_length=40)  # refund, voucher, gift, replacement
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    cause = models.CharField(_("cause"), max_length=300, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"
