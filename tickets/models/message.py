import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from channels_app.models import Channel, ChannelKind, InboundMessage, OutboundMessage
from customers.models import Customer
from tickets.models.ticket import Ticket
from tickets.waits import UNREACHED


class Author(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    AGENT = "agent", _("Agent")
    AUTO = "auto", _("Automatic")
    BOT = "bot", _("Bot")
    THIRD = "third", _("Third party")  # writes in a side conversation only


class Delivery(models.TextChoices):
    NONE = "", "—"
    QUEUED = "queued", _("waiting to leave")
    SENDING = "sending", _("leaving")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    UNKNOWN = "unknown", _("uncertain")
    KEPT = "kept", _("kept, not sent")
    CANCELLED = "cancelled", _("taken back")


class MessageQuerySet(models.QuerySet["Message"]):
    def replies(self) -> "MessageQuerySet":
        """Human replies, as waits.Said.answers knows them: public, by a colleague, not failed nor taken back."""
        said = self.filter(author=Author.AGENT, public=True, automatic=False, side=None)
        return said.exclude(delivery__in=UNREACHED)


class Message(models.Model):
    """One thing said: by whom, on which channel, to whom. Public, or a note that only colleagues see."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    public = models.BooleanField(default=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    channel_kind = models.CharField(max_length=12, choices=ChannelKind.choices)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)  # cleaned; the raw form stays in `inbound`
    visible_until = models.PositiveIntegerField(null=True, blank=True)  # `text` beyond is quoted history, folded
    at = models.DateTimeField()  # when it was said, by the channel's clock, never later than it was stored
    stored_at = models.DateTimeField(auto_now_add=True)
    automatic = models.BooleanField(default=False)  # a robot's words, whoever the author
    thanks = models.BooleanField(default=False)  # says thank you and nothing else after a solve: asks for no answer

    from_name = models.CharField(max_length=200, blank=True)  # as claimed
    from_address = models.CharField(max_length=320, blank=True)
    verified = models.BooleanField(default=False)  # the channel vouches for the sender
    recipients = models.JSONField(default=dict, blank=True)  # {"to": [...], "cc": [...], "bcc": [...]}
    joined_by = models.CharField(max_length=12, blank=True)  # why it is in this ticket: see threads.Why
    warnings = models.JSONField(default=list, blank=True)
    external_id = models.CharField(max_length=998, blank=True)
    inbound = models.OneToOneField(
        InboundMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="taken_in_as"
    )
    outbound = models.OneToOneField(
        OutboundMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="tells"
    )
    delivery = models.CharField(max_length=10, choices=Delivery.choices, blank=True, default="")
    delivery_error = models.TextField(blank=True)
    side = models.ForeignKey(
        "tickets.SideThread", on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    mentions = models.ManyToManyField(User, blank=True, related_name="+")
    key = models.CharField(max_length=200, null=True, blank=True)
    submission = models.UUIDField(unique=True, null=True, editable=False)  # the same form twice = one message

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(author="agent") | Q(user__isnull=False), name="message_of_an_agent_has_a_user"
            ),
            models.CheckConstraint(
                condition=~Q(author="customer") | Q(customer__isnull=False, public=True),
                name="message_of_a_customer_is_public",
            ),
            models.CheckConstraint(
                condition=~Q(author="third") | Q(side__isnull=False), name="message_of_a_third_party_is_aside"
            ),
            models.CheckConstraint(condition=Q(side=None) | Q(public=False), name="message_aside_is_not_public"),
            models.UniqueConstraint(fields=["ticket", "key"], name="message_key_once_per_ticket"),
        ]
        indexes = [
            models.Index(fields=["ticket", "at", "id"]),
            models.Index(fields=["at"], condition=Q(author="auto"), name="message_automatic"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}/{self.pk}"

    @property
    def is_note(self) -> bool:
        return not self.public

    @property
    def visible_text(self) -> str:
        return self.text if self.visible_until is None else self.text[: self.visible_until].rstrip()

    @property
    def quoted_text(self) -> str:
        return "" if self.visible_until is None else self.text[self.visible_until :].strip()

    def inline_urls(self) -> dict[str, str]:
        """Where the files that its HTML may show are served, by Content-ID."""
        inline = self.attachments.exclude(content_id="")
        return {file.content_id: f"{reverse('attachment', args=[self.ticket_id, file.uuid])}?show" for file in inline}


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """A random name: the original is only a label (V58)."""
    name = uuid.uuid4().hex
    return f"attachments/{name[:2]}/{name}"


class Attachment(models.Model):
    """A file of a message. Its type comes from its content; it is served as a download, to who may see the ticket."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(upload_to=attachment_path, max_length=200)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class ThreadReference(models.Model):
    """An id seen on a channel (a Message-ID, sent, received or only named) and the ticket that it leads to."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)  # sha256 of the id
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="references")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "digest", "ticket"], name="reference_once")]

    def __str__(self) -> str:
        return self.digest[:12]
