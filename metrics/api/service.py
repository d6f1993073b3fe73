"""/service-level/: which of the five levels a shop gives, why, and the cheapest step to the next."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.views import Api, check
from metrics.api.asked import Days, scope_of
from metrics.service import service_level


class FactorOut(serializers.Serializer[Any]):
    level = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    label: Any = serializers.CharField(allow_null=True)
    weight = serializers.IntegerField()
    evidence = serializers.DictField()
    next_step = serializers.DictField()


class OverallOut(serializers.Serializer[Any]):
    level = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    label: Any = serializers.CharField()
    next_step = serializers.DictField(allow_null=True)
    warning = serializers.CharField(allow_null=True)


class AssumptionOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    value = serializers.FloatField()
    default = serializers.FloatField()
    ours = serializers.BooleanField(help_text="Our own cut, which the source documents do not name.")
    text = serializers.CharField()


class ServiceLevelOut(serializers.Serializer[Any]):
    timezone = serializers.CharField()
    factors = serializers.DictField(child=FactorOut())
    overall = OverallOut()
    assumptions = AssumptionOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), "to": serializers.DateField()} | super().get_fields()


class ServiceLevel(Api):
    """The five-level grade."""

    policy = {"grade": "figures.read"}
    out = ServiceLevelOut

    @extend_schema(parameters=[Days], responses=ServiceLevelOut)
    def grade(self, request: Request) -> Response:
        """Each factor with its evidence; null means not enough data."""
        return Response(service_level(scope_of(check(Days, request.query_params))))
