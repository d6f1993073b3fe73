"""Calendars, and what the one clock says of them: open seconds, due instants, open now."""

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import POLICY
from accounts.models import Shop, Team
from helpdesk.api.fields import Flag, Instant, Json, Listing, Named, Seconds, Shown, Strict, StrictModel, orderings
from helpdesk.api.views import Deletes, check
from helpdesk.lib.refused import Refused
from hours import clock, terms
from hours.actions import FIELDS, keep_for, set_hours
from hours.models import Calendar, Hours

T = TypeVar("T")


class CalendarListing(Listing):
    shop = Named(Shop, "key", required=False)
    ordering = orderings("key")


class Spans(serializers.ListField):
    """[["09:00", "12:00"], ...]"""

    child = serializers.ListField(child=serializers.CharField())


class ExceptionOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    open = Spans()
    why = serializers.CharField(required=False)


class HolidaysOut(serializers.Serializer[Any]):
    country = serializers.CharField(required=False, help_text="ISO 3166-1; left out: no public holidays.")
    subdivision = serializers.CharField(required=False, help_text="The country's own code of a part of it.")
    worked = serializers.ListField(child=serializers.CharField(), required=False, help_text="Holidays that are worked.")


class CampaignOut(serializers.Serializer[Any]):
    """Hours that add to those of a day."""

    date = serializers.DateField()
    until = serializers.CharField()
    why = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"from": serializers.CharField()}


class VersionOut(serializers.Serializer[Any]):
    valid_from = serializers.DateTimeField(allow_null=True, help_text="null: since ever.")
    timezone = serializers.CharField()
    weekly = serializers.DictField(child=Spans())
    exceptions = ExceptionOut(many=True)
    holidays = HolidaysOut()
    campaigns = CampaignOut(many=True)


class CalendarOut(Shown):
    """The hours in force now; `versions` are all of them, also those planned, oldest first."""

    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    weekly = serializers.DictField(child=Spans())
    exceptions = ExceptionOut(many=True)
    holidays = HolidaysOut()
    campaigns = CampaignOut(many=True)
    teams: Any = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)
    versions = VersionOut(many=True)

    class Meta:
        model = Calendar
        fields = ["key", "shop", *FIELDS, "default", "teams", "versions"]

    def to_representation(self, instance: Calendar) -> dict[str, Any]:
        now, versions = instance.in_force(timezone.now()), instance.versions()
        return {
            "key": instance.key,
            "shop": instance.shop.key,
            **_terms(now),
            "default": instance.default,
            "teams": [team.key for team in instance.teams.all()],
            "versions": [{"valid_from": start, **_terms(hours)} for start, hours in versions],
        }


class CalendarIn(StrictModel):
    shop = Named(Shop, "key")
    weekly = Json()
    exceptions = Json(kind=list, required=False)
    holidays = Json(required=False)
    campaigns = Json(kind=list, required=False)
    default = Flag(default=False)
    teams = serializers.ListField(
        child=Named(Team, "key"), required=False, max_length=100, help_text="Teams whose own hours these are."
    )
    valid_from = Instant(
        required=False, allow_null=True, help_text="From when changed hours are in force: now; null: since ever."
    )

    class Meta:
        model = Calendar
        fields = ["key", "shop", *FIELDS, "default", "teams", "valid_from"]

    def validate_timezone(self, value: str) -> str:
        return _checked("timezone", value)

    def validate_weekly(self, value: dict[str, Any]) -> dict[str, Any]:
        return _checked("weekly", value)

    def validate_exceptions(self, value: list[Any]) -> list[Any]:
        return _checked("exceptions", value)

    def validate_holidays(self, value: dict[str, Any]) -> dict[str, Any]:
        return _checked("holidays", value)

    def validate_campaigns(self, value: list[Any]) -> list[Any]:
        return _checked("campaigns", value)


class Elapsed(Strict):
    start = Instant()
    end = Instant()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["end"] - attrs["start"] > clock.HORIZON:
            raise ValidationError({"end": f"At most {clock.HORIZON.days} days after start."}, "max_value")
        return attrs


class ElapsedOut(serializers.Serializer[Any]):
    seconds = serializers.FloatField()


class Due(Strict):
    start = Instant()
    seconds = Seconds()


class DueOut(serializers.Serializer[Any]):
    due_at = serializers.DateTimeField(allow_null=True)


class NowOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    open = serializers.BooleanField()
    next_opening = serializers.DateTimeField(allow_null=True)


class Calendars(Deletes):
    """When a shop is open."""

    policy = POLICY | {
        **dict.fromkeys(("elapsed", "due", "now"), "settings.read"),
        **dict.fromkeys(("create", "partial_update", "destroy"), "hours.write"),
    }
    model, out, into, listing, lookup_field = Calendar, CalendarOut, CalendarIn, CalendarListing, "key"

    def rows(self) -> QuerySet[Calendar]:
        return Calendar.objects.select_related("shop").prefetch_related("teams", "earlier")

    @transaction.atomic
    def store(self, row: Calendar, form: dict[str, Any]) -> Calendar:
        valid_from = form.pop("valid_from", timezone.now())
        teams: list[Team] | None = form.pop("teams", None)
        changes = {} if row.pk is None else {field: form.pop(field) for field in FIELDS if field in form}
        super().store(row, form)
        set_hours(row, valid_from=valid_from, **changes)
        if teams is not None:
            _keep_for(row, teams)
        return self.rows().get(pk=row.pk)

    @extend_schema(request=Elapsed, responses=ElapsedOut)
    @action(detail=True, methods=["post"])
    def elapsed(self, request: Request, key: str) -> Response:
        """Open seconds between two instants; 0 when `end` is not after `start`."""
        calendar, asked = self.get_object(), check(Elapsed, request.data)
        return Response({"seconds": clock.open_seconds(calendar, asked["start"], asked["end"])})

    @extend_schema(request=Due, responses=DueOut)
    @action(detail=True, methods=["post"])
    def due(self, request: Request, key: str) -> Response:
        """The instant at which so many open seconds have passed since `start`; null when that never comes."""
        calendar, asked = self.get_object(), check(Due, request.data)
        return self.show({"due_at": clock.due(calendar, asked["start"], asked["seconds"])}, DueOut)

    @extend_schema(responses=NowOut)
    @action(detail=True, methods=["get"])
    def now(self, request: Request, key: str) -> Response:
        """Whether it is open now, and if not when it opens next (null: never)."""
        calendar, at = self.get_object(), timezone.now()
        answer = {"at": at, "open": clock.is_open(calendar, at), "next_opening": clock.next_opening(calendar, at)}
        return self.show(answer, NowOut)


def _terms(hours: Hours) -> dict[str, Any]:
    return dict(zip(FIELDS, hours.terms, strict=True))


def _checked(field: str, value: T) -> T:
    try:
        terms.check(field, value)
    except Refused as refused:
        inner = refused.field.removeprefix(field).removeprefix(".")
        raise ValidationError({inner: [refused.words]} if inner else [refused.words]) from None
    return value


def _keep_for(calendar: Calendar, teams: list[Team]) -> None:
    try:
        keep_for(calendar, teams)
    except Refused as refused:
        raise ValidationError({refused.field: [refused.words]}) from None
