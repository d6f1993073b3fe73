"""Tickets, messages and events as the API shows them (CONTRACT section 3)."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.access import may
from accounts.models import User
from channels_app.models import ChannelKind
from helpdesk.api.fields import Shown
from tickets import models
from tickets.api.people import BriefCustomer
from tickets.models import Attachment, Author, Event, Message, Priority, Promise, Ticket
from tickets.querysets import TicketQuerySet


class Colleague(Shown):
    name = serializers.CharField(source="full_name")

    class Meta:
        model = User
        fields = ["id", "name", "email"]


class Deadline(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=["first_reply", "next_reply", "resolution"])
    due_at = serializers.DateTimeField(allow_null=True, help_text="null while paused, or when the hours never come.")
    state = serializers.ChoiceField(choices=["running", "paused", "met", "missed", "cancelled"])
    target = serializers.IntegerField(help_text="Seconds.")
    clock = serializers.ChoiceField(choices=["calendar", "business"])


class ShownPromise(Shown):
    class Meta:
        model = Promise
        fields = ["shown_at", "due_at", "kept"]


class TicketOut(Shown):
    number = serializers.IntegerField(source="pk")
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    channel = serializers.ChoiceField(source="channel_kind", choices=ChannelKind.choices, help_text="Where it began.")
    channel_name = serializers.CharField(source="channel.name", allow_null=True, default=None)
    customer = BriefCustomer()
    assignee = Colleague(allow_null=True)
    team: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    priority = serializers.SerializerMethodField()
    reason: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    orders: Any = serializers.SlugRelatedField(slug_field="number", many=True, read_only=True)
    url = serializers.SerializerMethodField()
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)
    follows = serializers.IntegerField(source="follows_id", allow_null=True)
    deadlines = serializers.SerializerMethodField()
    promise = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = [
            *("number", "shop", "channel", "channel_name", "state", "subject", "customer", "assignee", "team"),
            *("priority", "tags", "reason", "language", "orders", "opened_at", "waiting_since", "solved_at"),
            *("closed_at", "last_activity_at", "url", "spam", "merged_into", "follows", "version"),
            *("deadlines", "promise", "fields", "requested_outcome"),
        ]

    @staticmethod
    def rows(tickets: TicketQuerySet) -> QuerySet[Ticket]:
        """Everything that showing these tickets needs, in a fixed number of queries."""
        answered = Message.objects.filter(ticket=OuterRef("pk"), author=Author.AGENT, public=True)
        return (
            tickets.select_related("shop", "channel", "customer", "assignee", "team", "reason")
            .prefetch_related(
                "orders",
                "customer__identities",
                "shop__calendars",
                "deadlines",
                Prefetch("promises", Promise.objects.order_by("-shown_at", "-pk"), to_attr="latest_promises"),
            )
            .annotate(answered=Exists(answered))
        )

    def get_priority(self, ticket: Ticket) -> str:
        return Priority(ticket.priority).key

    def get_url(self, ticket: Ticket) -> str:
        return f"{settings.PUBLIC_URL}{reverse('ticket', args=[ticket.pk])}"

    @extend_schema_field(Deadline(many=True))
    def get_deadlines(self, ticket: Any) -> list[dict[str, Any]]:
        """Its targets in the order in which they began; without a policy the shop's promise for the running wait."""
        now = timezone.now()
        rows: list[models.Deadline] = list(ticket.deadlines.all())
        if not rows and ticket.due_at is not None and ticket.is_live:
            kind = "next_reply" if ticket.answered else "first_reply"
            clock = "business" if any(calendar.default for calendar in ticket.shop.calendars.all()) else "calendar"
            target = ticket.shop.promised_reply
            rows = [models.Deadline(kind=kind, due_at=ticket.due_at, target=target, clock=clock)]
        return [_deadline(row, now) for row in rows]

    @extend_schema_field(ShownPromise(allow_null=True))
    def get_promise(self, ticket: Any) -> dict[str, Any] | None:
        """The latest reply time that the customer was shown."""
        promise = next(iter(ticket.latest_promises), None)
        return dict(ShownPromise(promise).data) if promise else None


def _deadline(row: models.Deadline, now: datetime) -> dict[str, Any]:
    late = row.state == "running" and row.due_at is not None and row.due_at < now  # the sweep has not come by yet
    shown = {"kind": row.kind, "due_at": row.due_at, "target": row.target, "clock": row.clock}
    return dict(Deadline(shown | {"state": "missed" if late else row.state}).data)


class AttachmentOut(Shown):
    id = serializers.UUIDField(source="uuid")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["id", "name", "content_type", "size", "inline", "url"]

    def get_url(self, attachment: Attachment) -> str:
        path = reverse("api-attachment", args=[attachment.message.ticket_id, attachment.uuid])
        return f"{settings.PUBLIC_URL}{path}"


class MessageOut(Shown):
    channel = serializers.ChoiceField(source="channel_kind", choices=ChannelKind.choices)
    agent = Colleague(source="user", allow_null=True)
    customer = serializers.IntegerField(source="customer_id", allow_null=True)
    quoted = serializers.CharField(source="quoted_text", help_text="The part of `text` that repeats earlier messages.")
    attachments = AttachmentOut(many=True)
    from_address = serializers.CharField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    recipients = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            *("id", "at", "public", "automatic", "channel", "agent", "customer", "subject", "text", "html", "quoted"),
            *("from_name", "from_address", "verified", "recipients", "attachments", "delivery", "delivery_error"),
            *("joined_by", "warnings", "external_id"),
        ]

    def get_fields(self) -> dict[str, Any]:
        author = serializers.ChoiceField(source="author", choices=Author.choices, read_only=True)
        return {"from": author} | super().get_fields()

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {"type": "array"}})
    def get_recipients(self, message: Message) -> dict[str, list[str]] | None:
        """Who it was addressed to; null for who may not know addresses."""
        if not self._shows_addresses():
            return None
        return {field: list(message.recipients.get(field, [])) for field in ("to", "cc", "bcc")}

    def to_representation(self, instance: Message) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not self._shows_addresses():
            shown["from_address"], shown["delivery_error"] = None, ""
        return shown

    def _shows_addresses(self) -> bool:
        return may(self.context["request"].user, "customer.contact")


class EventOut(Shown):
    by = Colleague(source="user", allow_null=True)
    message = serializers.IntegerField(source="message_id", allow_null=True)

    class Meta:
        model = Event
        fields = ["id", "kind", "at", "actor", "by", "message"]

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"data": serializers.DictField(read_only=True)}
