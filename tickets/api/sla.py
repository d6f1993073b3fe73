"""/sla-policies/: what a shop wants to keep."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.api import POLICY
from accounts.models import Shop
from helpdesk.api.fields import Json, Listing, Named, Shown, StrictModel, Whole, orderings
from helpdesk.api.views import Deletes, save
from tickets.models import SlaPolicy
from tickets.sla import check_conditions, revise

LONGEST = 366 * 86_400  # seconds
FIELDS = [
    *("key", "name", "shop", "position", "active", "conditions", "clock", "first_reply", "next_reply", "resolution"),
    *("warn_at_percent", "escalate_every"),
]


class SlaPolicyListing(Listing):
    shop = Named(Shop, "key", required=False)
    ordering = orderings("position", "key")


class SlaPolicyOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    conditions = serializers.DictField()

    class Meta:
        model = SlaPolicy
        fields = [*FIELDS, "version", "valid_from"]


class SlaPolicyIn(StrictModel):
    """Targets are seconds of the policy's clock; null promises nothing. The first that fits counts for a ticket."""

    shop = Named(Shop, "key", required=False)
    conditions = Json(required=False)
    position = Whole(required=False, max_value=100_000)
    first_reply = Whole(required=False, allow_null=True, min_value=1, max_value=LONGEST)
    next_reply = Whole(required=False, allow_null=True, min_value=1, max_value=LONGEST)
    resolution = Whole(required=False, allow_null=True, min_value=1, max_value=LONGEST)
    warn_at_percent = Whole(required=False, min_value=1, max_value=100)
    escalate_every = Whole(required=False, allow_null=True, min_value=60, max_value=LONGEST)

    class Meta:
        model = SlaPolicy
        fields = FIELDS
        extra_kwargs = {"key": {"required": False}}

    def validate_conditions(self, value: dict[str, Any]) -> dict[str, Any]:
        if wrong := check_conditions(value):
            raise ValidationError({name[:40]: words for name, words in wrong.items()})
        return value


class SlaPolicies(Deletes):
    """Targets for replies and solutions. A change counts for what begins after it; what runs keeps its promise."""

    policy = POLICY
    model, out, into, listing, lookup_field = SlaPolicy, SlaPolicyOut, SlaPolicyIn, SlaPolicyListing, "key"

    def rows(self) -> QuerySet[SlaPolicy]:
        return SlaPolicy.objects.select_related("shop")

    def store(self, row: SlaPolicy, form: dict[str, Any]) -> SlaPolicy:
        if row._state.adding:
            form.setdefault("key", free_key(form["name"]))
            form.setdefault("shop", Shop.objects.order_by("pk").first())
        revise(row, form, at=timezone.now())
        save(row)
        return row


def free_key(name: str) -> str:
    """A key for a policy of this name that no other has."""
    bare = slugify(name)[:180] or "policy"
    taken = set(SlaPolicy.objects.filter(key__startswith=bare).values_list("key", flat=True))
    return next(
        key for number in range(1, len(taken) + 2) if (key := f"{bare}-{number}" if number > 1 else bare) not in taken
    )
