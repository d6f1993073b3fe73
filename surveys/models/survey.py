from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Shop, User
from channels_app.models import ChannelKind
from customers.models import Customer, Order
from surveys.models.policy import SCALES, Kind
from tickets.models import Event, Message, Ticket


class Source(models.TextChoices):
    INVITATION = "invitation", _("our question")
    SIGNATURE = "signature", _("link in a signature")
    API = "api", "API"
    ARCHIVE = "archive", _("archive")


UNASKED = (Source.SIGNATURE, Source.API)  # answers to no question of ours: nobody can have left them unanswered


class State(models.TextChoices):
    WAITING = "waiting", _("waiting for its time")
    LEAVING = "leaving", _("leaving")
    SENT = "sent", _("sent")
    BOUNCED = "bounced", _("not delivered")
    CANCELLED = "cancelled", _("not asked")


class Dissatisfaction(models.TextChoices):
    """What failed, in the customer's eyes: a score alone does not say (S96)."""

    DELIVERY = "delivery", _("The delivery")
    PRODUCT = "product", _("The product")
    RULES = "rules", _("Your rules (returns, refunds, prices)")
    WAIT = "wait", _("The time it took")
    ANSWER = "answer", _("The answer I got")
    OTHER = "other", _("Something else")


class SurveyQuerySet(models.QuerySet["Survey"]):
    def delivered(self) -> "SurveyQuerySet":
        """Those that reached the customer; what a response rate is counted over."""
        return self.filter(sent_at__isnull=False).exclude(source__in=UNASKED)

    def answered(self) -> "SurveyQuerySet":
        return self.filter(answered_at__isnull=False)

    def due(self, at: datetime | None = None) -> "SurveyQuerySet":
        return self.filter(state=State.WAITING, due_at__lte=at or timezone.now())

    def visible_to(self, user: User | AnonymousUser) -> "SurveyQuerySet":
        """Those of tickets that this user may see; without a ticket they are for managers and admins."""
        if isinstance(user, User) and user.is_active and user.role in (Role.MANAGER, Role.ADMIN):
            return self
        return self.filter(ticket__in=Ticket.objects.visible_to(user).values("pk"))


def _in_scale() -> Q:
    fits = Q(score=None)
    for kind, (least, most) in SCALES.items():
        fits |= Q(kind=kind, score__gte=least, score__lte=most)
    return fits


class Survey(models.Model):
    """One question put to one customer, and the answer that stands. `sent_at` is null until it has reached them.

    `agent` is credited: the author of the rated message, frozen when the question leaves.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="surveys")
    kind = models.CharField(_("question"), max_length=13, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.INVITATION)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="surveys")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, null=True, blank=True, related_name="surveys")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="surveys")
    agent = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="surveys")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="surveys")
    asked_with = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="companions")
    cause = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel_kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    language = models.CharField(max_length=8, blank=True)

    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=60, blank=True)  # why it was not asked or not delivered
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    outbound = models.ForeignKey(
        "channels_app.OutboundMessage", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    answered_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    dissatisfaction = models.CharField(max_length=8, choices=Dissatisfaction.choices, blank=True)
    key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    extra = models.JSONField(default=dict, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=_in_scale(), name="survey_score_in_scale"),
            models.CheckConstraint(
                condition=Q(answered_at=None, score=None) | Q(answered_at__isnull=False, score__isnull=False),
                name="survey_answered_has_a_score",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="survey_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(due_at__isnull=False), name="survey_waiting_has_a_time"
            ),
            models.UniqueConstraint(fields=["kind", "cause"], name="survey_once_per_cause"),
            models.UniqueConstraint(fields=["kind", "order"], name="survey_once_per_order"),
            models.UniqueConstraint(
                fields=["message"], condition=Q(source="signature"), name="survey_once_per_signature"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="survey_due"),
            models.Index(fields=["-answered_at", "-id"], condition=Q(answered_at__isnull=False), name="survey_answers"),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="survey_sent"),
            models.Index(fields=["customer", "kind", "-sent_at"], name="survey_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def scale(self) -> tuple[int, int]:
        return SCALES[self.kind]

    def is_expired(self, at: datetime) -> bool:
        return self.expires_at is not None and at > self.expires_at


class SurveyAnswer(models.Model):
    """An answer as it was given: append-only. The last one stands on the survey."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    dissatisfaction = models.CharField(max_length=8, choices=Dissatisfaction.choices, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.survey_id}: {self.score}"
