from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets.models.event import Event
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class SavedView(models.Model):
    """A list of tickets that somebody keeps: personal (owner), a team's, or everybody's.

    `filters`: the same words as the inbox's address and the API: {"state": ["new", "open"], "channel": ["email"],
    "assignee": "me" | "none" | id, "team": key, "tag": [...], "reason": key, "priority": [...], "shop": key,
    "vip": true, "language": "fr", "overdue": true, "q": "..."}.
    """

    name = models.CharField(_("name"), max_length=80)
    icon = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="saved_views")
    filters = models.JSONField(_("filters"), default=dict)
    ordering = models.CharField(_("order"), max_length=20, default="due")  # due, newest, oldest, updated
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(team=None) | Q(owner=None), name="view_of_a_team_or_of_a_person")
        ]

    def __str__(self) -> str:
        return self.name


class Seen(models.Model):
    """How far a person has read a ticket: what is newer is unread to them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="seen")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.ticket_id}"


class Draft(models.Model):
    """What somebody is writing on a ticket: saved as they type, seen by colleagues, gone when sent."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    public = models.BooleanField(default=True)  # a reply; else a note
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    recipients = models.JSONField(default=dict, blank=True)  # {"cc": [...], "bcc": [...], "to": [...]}
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user", "public"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.ticket_id}"


class Follow(models.Model):
    """Who wants to hear of a ticket that is not theirs."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.ticket_id}"


class Notification(models.Model):
    """Something that one person should know: shown in the page, then mailed in a digest or pushed if they want."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("mentioned you")
        ASSIGNED = "assigned", _("assigned to you")
        REPLY = "reply", _("the customer answered")
        FOLLOWED = "followed", _("news on a followed ticket")
        WARNING = "warning", _("nearly due")
        BREACH = "breach", _("overdue")
        ESCALATED = "escalated", _("escalated to you")
        RULE = "rule", _("a rule")
        TASK = "task", _("to do")
        DELIVERY = "delivery", _("not delivered")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=300)
    cause = models.CharField(max_length=120)  # the same cause tells the same person once
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "cause"], name="notified_once")]
        indexes = [models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notification_unread")]

    def __str__(self) -> str:
        return self.text


class SideThread(models.Model):
    """A conversation with a third party (carrier, warehouse) beside the customer's: its answers come back here.

    Its messages stand on the ticket with `side` set and `public` false: no customer sees them, no figure counts them.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="side_threads")
    subject = models.CharField(max_length=998)
    party = models.CharField(max_length=320)  # their address
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    origin = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")  # what was forwarded

    def __str__(self) -> str:
        return self.subject
