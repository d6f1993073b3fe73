import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from tickets.models.event import Event
from tickets.models.message import Author, Message
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

    @classmethod
    def unread(cls, user: User) -> Exists:
        """A condition on tickets: somebody else has said something since `user` looked."""
        looked = cls.objects.filter(user=user, ticket=OuterRef("ticket"), at__gte=OuterRef("at"))
        said = Message.objects.filter(ticket=OuterRef("pk")).exclude(user=user).exclude(author=Author.AUTO)
        return Exists(said.filter(~Exists(looked)))


def draft_path(file: "DraftFile", filename: str) -> str:
    """A random name: the original is only a label (V58)."""
    name = uuid.uuid4().hex
    return f"drafts/{name[:2]}/{name}"


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


class DraftFile(models.Model):
    """A file that will go with a draft: stored as soon as it is dropped, so that a killed tab loses nothing."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=draft_path, max_length=200)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


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
        SIDE = "side", _("a third party answered")
        TAKEN_BACK = "taken_back", _("your reply was held back")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=300)
    count = models.PositiveIntegerField(default=1)  # of how many things it tells: a crowd is one line
    cause = models.CharField(max_length=120)  # the same cause tells the same person once
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "cause"], name="notified_once")]
        indexes = [
            models.Index(fields=["user", "-id"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["at"], condition=Q(read_at=None, pushed_at=None), name="notification_unpushed"),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Where a click leads: to its ticket, of a crowd to what is overdue."""
        if self.ticket_id:
            return reverse("ticket", args=[self.ticket_id])
        return f"{reverse('inbox')}?overdue=1" if self.count > 1 else reverse("notifications")


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

    @property
    def thread(self) -> str:
        """What our reply address and Message-IDs name. No ticket's number begins with 0, so the two never meet."""
        return f"0{self.pk}"
