from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels_app.models import ChannelKind
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Promise(models.Model):
    """A reply time that a customer was shown. Judged once, when due or when answered: kept or broken."""

    class Place(models.TextChoices):
        ACKNOWLEDGEMENT = "ack", _("acknowledgement")
        CONTACT_PAGE = "contact", _("contact page")
        WIDGET = "widget", _("chat widget")
        VOICEMAIL = "voicemail", _("voicemail greeting")
        COMPLAINT = "complaint", _("announced solution")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="promises")
    place = models.CharField(max_length=10, choices=Place.choices)
    channel_kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    shown_at = models.DateTimeField()
    due_at = models.DateTimeField()
    text = models.CharField(max_length=300)
    fulfilled_at = models.DateTimeField(null=True)  # of an announced solution: when it came; replies keep the others
    kept = models.BooleanField(null=True)
    judged_at = models.DateTimeField(null=True)
    apology = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")  # for a broken one

    class Meta:
        ordering = ["shown_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kept=None, judged_at=None) | Q(kept__isnull=False, judged_at__isnull=False),
                name="promise_judged_has_its_time",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=models.F("shown_at")), name="promise_due_after_shown"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(kept=None), name="promise_unjudged")]

    def __str__(self) -> str:
        return self.text
