"""/tags/ and /reasons/: the lists to choose from."""

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import POLICY
from helpdesk.api.fields import Listing, StrictModel, orderings
from helpdesk.api.views import Deletes
from tickets.models import Reason, Tag
from tickets.solving import vague


class TagListing(Listing):
    ordering = orderings("name", "id")


class TagFields(StrictModel):
    class Meta:
        model = Tag
        fields = ["id", "name"]
        read_only_fields = ["id"]


class Tags(Deletes):
    """Words for tickets. Taking one off this list leaves it on the tickets that have it."""

    policy = POLICY
    http_method_names = ["get", "head", "post", "delete"]
    model, out, into, listing = Tag, TagFields, TagFields, TagListing

    def rows(self) -> QuerySet[Tag]:
        return Tag.objects.all()


class ReasonListing(Listing):
    what = serializers.CharField(required=False, max_length=80)
    ordering = orderings("key", "what")


class ReasonFields(StrictModel):
    key = serializers.RegexField(r"^[\w.-]{1,200}$")

    warning = serializers.SerializerMethodField(help_text="Why this name tells nothing; empty when it does.")

    class Meta:
        model = Reason
        fields = ["key", "what", "why", "warning"]

    def validate_why(self, why: str) -> str:
        known = isinstance(self.instance, Reason) and why == self.instance.why
        if not known and (tells_nothing := vague(why)):
            raise serializers.ValidationError(tells_nothing)
        return why

    def get_warning(self, reason: Reason) -> str:
        return vague(reason.why)


class Reasons(Deletes):
    """Why customers write, in two levels. One that tickets carry cannot be deleted (409)."""

    policy = POLICY
    model, out, into, listing, lookup_field = Reason, ReasonFields, ReasonFields, ReasonListing, "key"

    def rows(self) -> QuerySet[Reason]:
        return Reason.objects.all()
