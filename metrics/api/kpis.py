"""/kpis/: every figure, and exactly the tickets behind each (CONTRACT 5)."""

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.pagination import Order
from helpdesk.api.views import Api, check
from metrics.answers import AT_ONCE, answer, item
from metrics.api.asked import Asked, Behind, scope_of
from metrics.kpis import KPIS, Kpi
from metrics.refresh import catch_up
from metrics.scope import Group
from tickets.models import Ticket


@extend_schema_field({"type": ["number", "string", "boolean", "null"]})
class Amount(serializers.Field[Any, Any, Any, Any]):
    """A number, or of money a text, or null."""

    def to_representation(self, value: Any) -> Any:
        return value


class Formula(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    text = serializers.CharField()


class FigureOut(serializers.Serializer[Any]):
    """One figure. Nothing is rounded; "no value" is null, never 0. Some figures have further fields."""

    value = Amount(help_text="A number; of money a text.")
    unit = serializers.CharField()
    n = serializers.IntegerField()
    numerator = Amount()
    denominator = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    previous = Amount(required=False, help_text="The value of as many days before.")
    exact = serializers.BooleanField()
    formula = Formula()


class GroupOut(serializers.Serializer[Any]):
    key = serializers.CharField(allow_null=True)
    label: Any = serializers.CharField(allow_null=True)
    kpis = serializers.DictField(child=FigureOut())


class KpisOut(serializers.Serializer[Any]):
    timezone = serializers.CharField()
    clock = serializers.CharField()
    stale = serializers.IntegerField(help_text="Tickets whose last change is not yet in the figures.")
    kpis = serializers.DictField(child=FigureOut())
    groups = GroupOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField()} | super().get_fields()


class BehindOut(serializers.Serializer[Any]):
    """A row that a figure counted, or did not."""

    ticket = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    subject = serializers.CharField(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(help_text="The instant that dates it.")
    value = Amount(help_text="What it contributes: seconds, a score, or a hit.")
    why = serializers.CharField(allow_null=True, help_text="Why it is not counted; null if it is.")


class Kpis(Api):
    """Every figure of the product."""

    policy = {"figures": "figures.read", "list": "figures.read"}
    out = KpisOut
    listing = Behind

    @extend_schema(parameters=[Asked], responses=KpisOut)
    def figures(self, request: Request) -> Response:
        """The KPIs of some days, with the value before and, if asked for, split by day, channel, colleague, reason."""
        asked = check(Asked, request.query_params)
        group = Group(asked["group"]) if "group" in asked else None
        return Response(answer(scope_of(asked), slugs=asked.get("kpi", KPIS), group=group))

    @extend_schema(responses=BehindOut(many=True))
    def list(self, request: Request, slug: str) -> Response:
        """The rows behind one figure, as many as its `n`, or those that it leaves out, each with why."""
        if slug not in KPIS:
            raise Http404
        catch_up(AT_ONCE)
        kpi, scope = KPIS[slug], scope_of(self.listed)
        measure = kpi.measure(scope)
        rows = measure.excluded(scope) if self.listed["set"] == "excluded" else measure.included(scope)
        page = self.paginate_queryset(rows.order_by())
        return self.get_paginated_response(BehindOut(_told(kpi, page or []), many=True).data)

    def order(self) -> Order:
        return Order("id", "pk", falling=False)


def _told(kpi: Kpi, rows: list[Any]) -> list[dict[str, Any]]:
    tickets = Ticket.objects.in_bulk({row.number for row in rows if row.number is not None})
    return [_row(kpi, row, tickets.get(row.number)) for row in rows]


def _row(kpi: Kpi, row: Any, ticket: Ticket | None) -> dict[str, Any]:
    return {
        "ticket": row.number,
        "url": f"{settings.PUBLIC_URL}{reverse('ticket', args=[ticket.pk])}" if ticket else None,
        "subject": ticket.subject if ticket else None,
        "channel": ticket.channel_kind if ticket else None,
        "at": row.counted_at,
        "value": item(kpi, row.measured),
        "why": getattr(row, "left_out_as", None),
    }
