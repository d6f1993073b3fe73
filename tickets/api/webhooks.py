"""/webhooks/: addresses that hear of events, and what became of each delivery."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role, Shop, User
from helpdesk.api.fields import Listing, Named, Shown, StrictModel, Text, orderings
from helpdesk.api.views import Deletes, check
from helpdesk.lib.urls import parts
from tickets import webhooks
from tickets.api.shown import TicketOut
from tickets.models import EventKind, Ticket, Webhook, WebhookDelivery

POLICY = {
    "list": "settings.write",
    "retrieve": "settings.write",
    "create": "settings.write",
    "partial_update": "settings.write",
    "destroy": "settings.write",
    "deliveries": "settings.write",
    "renew": "settings.write",
}


class WebhookListing(Listing):
    shop = Named(Shop, "key", required=False)
    ordering = orderings("name", "id")


class WebhookOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    events = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Webhook
        fields = ["id", "name", "shop", "url", "events", "active", "created_at"]


class WebhookMade(WebhookOut):
    secret = serializers.CharField(read_only=True, help_text="Shown this once.")

    class Meta(WebhookOut.Meta):
        fields = [*WebhookOut.Meta.fields, "secret"]


class WebhookIn(StrictModel):
    shop = Named(Shop, "key", required=False, allow_null=True)
    url = Text(max_length=500, help_text="https://..., of the public internet.")
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=EventKind.choices), required=False, max_length=60
    )

    class Meta:
        model = Webhook
        fields = ["name", "shop", "url", "events", "active"]

    def validate_url(self, value: str) -> str:
        found = parts(value)
        if found.scheme not in ("https", "http") or not found.hostname or found.username:
            raise ValidationError("Expected an address that begins with https://.", "invalid")
        return value


class DeliveryOut(Shown):
    event = serializers.IntegerField(source="event_id")
    kind = serializers.CharField(source="event.kind")
    ticket = serializers.IntegerField(source="event.ticket_id")

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "event",
            "kind",
            "ticket",
            "cause",
            "state",
            "attempts",
            "next_attempt_at",
            "status",
            "error",
            "sent_at",
        ]


class Webhooks(Deletes):
    """Where events are told. Each request is signed with the webhook's secret and repeated until it is taken."""

    policy = POLICY
    model, out, into, listing = Webhook, WebhookOut, WebhookIn, WebhookListing

    def rows(self) -> QuerySet[Webhook]:
        return Webhook.objects.select_related("shop")

    @extend_schema(responses={201: WebhookMade})
    def create(self, request: Request) -> Response:
        """The answer shows the secret, this once."""
        row = Webhook()
        secret = webhooks.new_secret(row)
        self.store(row, check(WebhookIn, request.data))
        return Response(WebhookOut(row).data | {"secret": secret}, 201)

    @extend_schema(request=None, responses=WebhookMade)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """A new secret, shown this once; the old one signs nothing any more."""
        row = self.get_object()
        secret = webhooks.new_secret(row)
        row.save(update_fields=["sealed_secret"])
        return Response(WebhookOut(row).data | {"secret": secret})

    @extend_schema(responses=DeliveryOut(many=True))
    @action(detail=True, methods=["get"])
    def deliveries(self, request: Request, pk: str) -> Response:
        """The last 200, the newest first."""
        rows = self.get_object().deliveries.select_related("event")[:200]
        return Response(DeliveryOut(rows, many=True).data)


class _Reader:
    """Webhooks tell what an admin may know."""

    user = User(role=Role.ADMIN, is_active=True)


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """A ticket as webhooks tell of it: as the API shows it to an admin."""
    fresh = TicketOut.rows(Ticket.objects.filter(pk=ticket.pk)).get()
    return dict(TicketOut(fresh, context={"request": _Reader()}).data)
