"""How customers are shown: a partner sees names, never a way to reach them (S55)."""

from typing import Any

from rest_framework import serializers

from accounts.access import may
from customers.models import Customer, Identity
from helpdesk.api.fields import Shown

PRIVATE = ("email", "phone", "postcode", "notes", "identities")


class BriefCustomer(Shown):
    """The customer of a ticket or an order."""

    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)

    class Meta:
        model = Customer
        fields = ["id", "name", "email", "phone"]

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not may(self.context["request"].user, "customer.contact"):
            shown |= {name: None for name in PRIVATE if name in shown}
        return {name: None if value == "" and name in PRIVATE else value for name, value in shown.items()}


class ShownIdentity(Shown):
    class Meta:
        model = Identity
        fields = ["kind", "value", "label", "verified"]


class FullCustomer(BriefCustomer):
    identities = ShownIdentity(many=True, allow_null=True)
    postcode = serializers.CharField(allow_null=True)
    notes = serializers.CharField(allow_null=True)

    class Meta(BriefCustomer.Meta):
        fields = [
            *("id", "name", "email", "phone", "language", "postcode", "timezone", "vip", "notes"),
            *("identities", "created_at"),
        ]
