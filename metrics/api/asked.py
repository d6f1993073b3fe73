"""The parameters of /kpis/ and /service-level/, checked; each mistake names its parameter."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateparse import parse_date
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.models import Shop, Team, User
from channels_app.models import ChannelKind
from helpdesk.api.fields import Listing, Named, Strict
from helpdesk.lib.days import EARLIEST, LATEST
from metrics.kpis import KPIS
from metrics.scope import Group, Scope
from metrics.windows import Window
from tickets.models import Reason
from tickets.models.sla import Clock

DEFAULT_DAYS = 30
MOST_DAYS = 3660
MOST_GROUPS = 400


class Day(serializers.DateField):
    """A date, 2026-01-31, of the years 1970 to 2200."""

    def to_internal_value(self, value: Any) -> date:
        try:
            found = parse_date(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not EARLIEST <= found.year <= LATEST:
            raise ValidationError("Expected a date, for example 2026-01-31.", "invalid")
        return found


class Days(Strict):
    """Which days of which shop."""

    shop = Named(Shop, "key", required=False)

    def get_fields(self) -> dict[str, Any]:
        since = Day(required=False, help_text="The first day; by default 29 days before today.")
        until = Day(required=False, help_text="The day after the last; by default tomorrow.")
        return {"from": since, "to": until} | super().get_fields()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Adds `window`. Without `shop` all shops count, by the clock on the first one's wall."""
        shop = attrs.get("shop") or _only_or_first()
        zone = ZoneInfo(shop.timezone if shop else "UTC")
        until = attrs.get("to") or timezone.now().astimezone(zone).date() + timedelta(days=1)
        since = attrs.get("from") or max(until - timedelta(days=DEFAULT_DAYS), date(EARLIEST, 1, 1))
        if since >= until:
            raise ValidationError({"to": "Must be after `from`; the day itself is not included."}, "invalid")
        if (until - since).days > MOST_DAYS:
            raise ValidationError({"to": f"At most {MOST_DAYS} days after `from`."}, "max_value")
        if Shop.objects.count() == 1:
            attrs["shop"] = shop
        return attrs | {"window": Window(since, until, zone)}


class Filters(Days):
    channel = serializers.ChoiceField(choices=ChannelKind.choices, required=False)
    team = Named(Team, "key", required=False)
    agent = Named(User, "email", "key", required=False)
    reason = Named(Reason, "key", required=False)
    clock = serializers.ChoiceField(choices=Clock.choices, required=False, default=Clock.CALENDAR)


class Asked(Filters):
    group = serializers.ChoiceField(choices=[group.value for group in Group], required=False)
    kpi = serializers.CharField(
        required=False, max_length=2000, help_text="Slugs, with commas between; all if left out."
    )

    def validate_kpi(self, value: str) -> list[str]:
        slugs = value.split(",")
        if unknown := [slug for slug in slugs if slug not in KPIS]:
            raise ValidationError(f"{unknown[0][:60]!r} is no KPI.", "invalid_choice")
        return slugs

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        group = attrs.get("group")
        if group in ("day", "week", "month") and sum(1 for _part in attrs["window"].parts(group)) > MOST_GROUPS:
            raise ValidationError({"group": f"More than {MOST_GROUPS} groups: choose longer ones."}, "max_value")
        return attrs


class Behind(Filters, Listing):
    """Which tickets of a figure."""

    def get_fields(self) -> dict[str, Any]:
        choice = serializers.ChoiceField(choices=["included", "excluded"], required=False, default="included")
        return super().get_fields() | {"set": choice}


def scope_of(asked: dict[str, Any]) -> Scope:
    names = ("shop", "channel", "team", "agent", "reason", "clock")
    return Scope(asked["window"], **{name: asked[name] for name in names if asked.get(name)})


def _only_or_first() -> Shop | None:
    return Shop.objects.order_by("pk").first()
