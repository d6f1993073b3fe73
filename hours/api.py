"""Calendars, and what the one clock says of them: open seconds, due instants, open now."""

import re
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import POLICY
from accounts.models import Shop
from accounts.models.shop import known_timezone
from helpdesk.api.fields import (
    EARLIEST,
    LATEST,
    Flag,
    Instant,
    Json,
    Listing,
    Named,
    Seconds,
    Shown,
    Strict,
    StrictModel,
    orderings,
)
from helpdesk.api.views import Deletes, check
from hours import clock
from hours.models import Calendar

CLOCK = re.compile(r"^(?:[0-3][0-9]|4[0-7]):[0-5][0-9]$|^48:00$")
SPANS_A_DAY = 24


class CalendarListing(Listing):
    shop = Named(Shop, "key", required=False)
    ordering = orderings("key")


class Spans(serializers.ListField):
    """[["09:00", "12:00"], ...]"""

    child = serializers.ListField(child=serializers.CharField())


class CalendarOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    weekly = serializers.DictField(child=Spans())
    exceptions = serializers.ListField(child=serializers.DictField())

    class Meta:
        model = Calendar
        fields = ["key", "shop", "timezone", "weekly", "exceptions", "default"]


class CalendarIn(StrictModel):
    shop = Named(Shop, "key")
    weekly = Json()
    exceptions = Json(kind=list, required=False)
    default = Flag(default=False)

    class Meta:
        model = Calendar
        fields = ["key", "shop", "timezone", "weekly", "exceptions", "default"]

    def validate_timezone(self, value: str) -> str:
        known_timezone(value)
        return value

    def validate_weekly(self, value: dict[str, Any]) -> dict[str, Any]:
        for day, spans in value.items():
            if day not in clock.DAYS:
                raise ValidationError({day[:40]: f"Expected one of {', '.join(clock.DAYS)}."})
            _check_spans(day, spans)
        return value

    def validate_exceptions(self, value: list[Any]) -> list[Any]:
        seen: set[str] = set()
        for entry in value:
            if not isinstance(entry, dict) or set(entry) != {"date", "open"} or not isinstance(entry["date"], str):
                raise ValidationError('Expected {"date": "2026-12-24", "open": [["09:00", "13:00"]]}.')
            if not _is_date(entry["date"]) or entry["date"] in seen:
                raise ValidationError(f"{entry['date'][:20]!r}: expected a date (2026-12-24), each only once.")
            seen.add(entry["date"])
            _check_spans(entry["date"], entry["open"])
        return value


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

    policy = POLICY | {"elapsed": "settings.read", "due": "settings.read", "now": "settings.read"}
    model, out, into, listing, lookup_field = Calendar, CalendarOut, CalendarIn, CalendarListing, "key"

    def rows(self) -> QuerySet[Calendar]:
        return Calendar.objects.select_related("shop")

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


def _check_spans(day: str, spans: Any) -> None:
    good = isinstance(spans, list) and len(spans) <= SPANS_A_DAY
    for span in spans if good else ():
        times = isinstance(span, list) and len(span) == 2 and all(isinstance(t, str) and CLOCK.match(t) for t in span)
        good = good and times and span[0] < span[1]
    if not good:
        raise ValidationError(f'{day}: expected [["09:00", "12:00"], ...], each from earlier to later.')


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and EARLIEST <= date.fromisoformat(text).year <= LATEST
    except ValueError:
        return False
