from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class EventKind(models.TextChoices):
    OPENED = "opened", _("opened the ticket")
    MESSAGE = "message", _("wrote")
    NOTE = "note", _("left a note")
    STATE = "state", _("changed the state")
    ASSIGNED = "assigned", _("assigned")
    TEAM = "team", _("moved to a team")
    PRIORITY = "priority", _("changed the priority")
    TAGS = "tags", _("changed the tags")
    REASON = "reason", _("chose the reason")
    SUBJECT = "subject", _("changed the subject")
    MERGED = "merged", _("merged")
    UNMERGED = "unmerged", _("undid the merge")
    SPAM = "spam", _("marked as spam")
    UNSPAM = "unspam", _("took out of spam")
    DELETED = "deleted", _("deleted")
    RESTORED = "restored", _("restored")
    ACKNOWLEDGED = "acknowledged", _("acknowledged receipt")
    PROMISED = "promised", _("promised a reply")
    DELIVERY_FAILED = "delivery_failed", _("a message was not delivered")
    DELIVERY_UNKNOWN = "delivery_unknown", _("it is uncertain whether a message left")
    DELIVERED = "delivered", _("a message was delivered")
    RESENT = "resent", _("sent again")
    HELD_BACK = "held_back", _("held back an automatic answer")
    ABANDONED = "abandoned", _("the customer left")
    CONFIRMED = "confirmed", _("the customer confirmed the solution")
    ANSWERED = "answered", _("picked up")
    SNOOZED = "snoozed", _("snoozed")
    WOKEN = "woken", _("woke up")
    ESCALATED = "escalated", _("escalated")
    WARNED = "warned", _("nearly due")
    BREACHED = "breached", _("overdue")
    SCHEDULED = "scheduled", _("scheduled a reply")
    TAKEN_BACK = "taken_back", _("took a reply back")
    SIDE = "side", _("wrote in a side conversation")
    MACRO = "macro", _("used a macro")
    RULE = "rule", _("a rule ran")
    TASK = "task", _("set a task")
    SPLIT = "split", _("split off")
    FIELDS = "fields", _("filled in fields")
    PROBLEM = "problem", _("linked to a problem")
    COMPLAINT = "complaint", _("moved the complaint")
    COMPENSATED = "compensated", _("compensated")
    CUSTOMER = "customer", _("changed the customer")
    ORDER = "order", _("acted on an order")
    SURVEYED = "surveyed", _("asked for a rating")
    RATED = "rated", _("rated")


class Event(models.Model):
    """What happened to a ticket: append-only. Page, rules, webhooks and figures read events, never differences.

    `reacted_at` is null until the reactions to it have run: they are as safe as the event itself.
    """

    class Actor(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        RULE = "rule", _("Rule")
        SYSTEM = "system", _("Comptoir")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=8, choices=Actor.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    data = models.JSONField(default=dict)
    depth = models.PositiveSmallIntegerField(default=0)  # of a rule's own events: rules cannot loop
    request_id = models.CharField(max_length=64, blank=True)
    reacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["ticket", "at", "id"]),
            models.Index(fields=["id"], condition=Q(reacted_at=None), name="event_unreacted"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(actor="agent") | Q(user__isnull=False), name="event_of_agent_has_user")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.kind}"
