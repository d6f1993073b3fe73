"""/rules/: when, if, then; with their versions and a dry run."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import POLICY
from accounts.models import Shop
from helpdesk.api.fields import Json, Listing, Named, Shown, Strict, StrictModel, Whole, orderings
from helpdesk.api.views import Deletes, check
from tickets import rules
from tickets.api.refusals import refusals
from tickets.models import Rule, RuleRun, RuleVersion

SHOWN = 200  # tickets of a dry run


class RuleListing(Listing):
    shop = Named(Shop, "key", required=False)
    active = serializers.BooleanField(required=False, default=None, allow_null=True)
    ordering = orderings("position", "name", "id")


class RuleOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True, allow_null=True)
    when = serializers.DictField()
    conditions = serializers.DictField()
    steps = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = Rule
        fields = [
            *("id", "key", "name", "shop", "position", "active", "when", "conditions", "steps", "stops"),
            *("hourly_cap", "version", "created_at", "changed_at"),
        ]


class RuleIn(StrictModel):
    """`when`: {"event": "message", "from": "customer"} or {"since": "waiting_since", "seconds": 14400, "clock":
    "business"}. `conditions`: {"all", "any", "none"} of {"field", "is", "value"}. `steps`: [{"do": "tag", ...}].
    """

    shop = Named(Shop, "key", required=False, allow_null=True)
    when = Json()
    conditions = Json(required=False)
    steps = Json(kind=list)
    position = Whole(required=False, max_value=100_000)
    hourly_cap = Whole(required=False, min_value=1, max_value=1_000_000)

    class Meta:
        model = Rule
        fields = ["key", "name", "shop", "position", "active", "when", "conditions", "steps", "stops", "hourly_cap"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        row = self.instance
        parts = [attrs.get(name, getattr(row, name, {})) for name in ("when", "conditions", "steps")]
        if wrong := rules.check(*parts):
            raise ValidationError({path: [words] for path, words in wrong.items()})
        return attrs


class VersionOut(Shown):
    by: Any = serializers.SlugRelatedField(slug_field="email", read_only=True, allow_null=True)
    definition = serializers.DictField()

    class Meta:
        model = RuleVersion
        fields = ["version", "definition", "by", "at"]


class RunOut(Shown):
    ticket = serializers.IntegerField(source="ticket_id")
    event = serializers.IntegerField(source="event_id", allow_null=True)
    did = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = RuleRun
        fields = ["ticket", "event", "cause", "version", "at", "did", "refused"]


class RestoreIn(Strict):
    version = Whole(min_value=1, max_value=2**31 - 1)


class ChangeOut(serializers.Serializer[Any]):
    property = serializers.CharField(source="label")
    old = serializers.CharField()
    new = serializers.CharField()


class WouldOut(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="ticket.pk")
    subject = serializers.CharField(source="ticket.subject")
    changes = ChangeOut(many=True)
    ran = serializers.BooleanField(help_text="It has run on this ticket before.")


class DryRunOut(serializers.Serializer[Any]):
    looked_at = serializers.IntegerField()
    fitting = serializers.IntegerField(help_text="Tickets that meet its conditions.")
    changed = serializers.IntegerField(help_text="Of these, those that it would change.")
    told = serializers.IntegerField(help_text="Customers who would be written to.")
    tickets = WouldOut(many=True)


class Rules(Deletes):
    """Rules, in the order in which they run."""

    policy = POLICY | {
        "dry_run": "settings.write",
        "versions": "settings.read",
        "runs": "settings.write",
        "restore": "settings.write",
    }
    model, out, into, listing = Rule, RuleOut, RuleIn, RuleListing

    def rows(self) -> QuerySet[Rule]:
        return Rule.objects.select_related("shop")

    def filtered(self, rows: QuerySet[Rule]) -> QuerySet[Rule]:
        wanted = {name: self.listed[name] for name in ("shop", "active") if self.listed.get(name) is not None}
        return rows.filter(**wanted)

    def store(self, row: Rule, form: dict[str, Any]) -> Rule:
        with refusals():
            return rules.define(row, by=self.me, **form)

    @extend_schema(request=None, responses=DryRunOut)
    @action(detail=True, methods=["post"], url_path="dry-run")
    def dry_run(self, request: Request, pk: str) -> Response:
        """What it would change on the newest 1,000 tickets as they stand now. Nothing is sent or changed."""
        found = rules.dry_run(self.get_object())
        answer = {
            "looked_at": found.looked_at,
            "fitting": found.fitting,
            "changed": len(found.would),
            "told": len(found.heard),
            "tickets": found.would[:SHOWN],
        }
        return self.show(answer, DryRunOut)

    @extend_schema(responses=VersionOut(many=True))
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, pk: str) -> Response:
        """Every version, the newest first."""
        rows = self.get_object().versions.select_related("by")[:200]
        return Response(VersionOut(rows, many=True).data)

    @extend_schema(responses=RunOut(many=True))
    @action(detail=True, methods=["get"])
    def runs(self, request: Request, pk: str) -> Response:
        """Its last 200 runs, the newest first."""
        return Response(RunOut(self.get_object().runs.all()[:200], many=True).data)

    @extend_schema(request=RestoreIn, responses=RuleOut)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Make it say again what it said in that version."""
        version = check(RestoreIn, request.data)["version"]
        try:
            with refusals():
                return self.show(rules.restore(self.get_object(), version, by=self.me), RuleOut)
        except RuleVersion.DoesNotExist:
            raise ValidationError({"version": "There is no such version."}, "does_not_exist") from None
