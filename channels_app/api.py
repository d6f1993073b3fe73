"""Channels: `{kind, name, shop, config}`. Secrets are taken and never shown; the settings themselves only to admins."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.access import may
from accounts.api import POLICY
from accounts.models import Shop
from channels_app.models import Channel, ChannelKind
from channels_app.registry import ADAPTERS, adapter_for
from helpdesk.api.fields import Flag, Json, Listing, Named, Shown, StrictModel, orderings
from helpdesk.api.views import Deletes
from hours.models import Calendar


class ChannelListing(Listing):
    shop = Named(Shop, "key", required=False)
    kind = serializers.ChoiceField(choices=ChannelKind.choices, required=False)
    ordering = orderings("id", "name")


class ChannelOut(Shown):
    shop: Any = serializers.SlugRelatedField(slug_field="key", read_only=True)
    calendar: Any = serializers.SlugRelatedField(
        slug_field="key", read_only=True, help_text="Own hours; null: the shop's.", allow_null=True
    )
    config = serializers.DictField(allow_null=True, help_text="Without secrets; null for who may not change it.")

    class Meta:
        model = Channel
        fields = [
            *("id", "uuid", "kind", "name", "shop", "address", "config", "enabled", "calendar"),
            *("trouble", "trouble_since"),
        ]

    def to_representation(self, instance: Channel) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not may(self.context["request"].user, "settings.write"):
            shown["config"] = None
        return shown


class ChannelIn(StrictModel):
    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in ADAPTERS])
    shop = Named(Shop, "key")
    config = Json()
    enabled = Flag(required=False)
    calendar = Named(Calendar, "key", required=False, allow_null=True)

    class Meta:
        model = Channel
        fields = ["kind", "name", "shop", "config", "enabled", "calendar"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for fixed in ("kind", "shop"):
            if self.instance is not None and fixed in attrs and attrs[fixed] != getattr(self.instance, fixed):
                raise ValidationError({fixed: "This cannot change; make another channel."}, "fixed")
        shop = self.instance.shop if self.instance is not None else attrs["shop"]
        if attrs.get("calendar") is not None and attrs["calendar"].shop_id != shop.pk:
            raise ValidationError({"calendar": "These are the hours of another shop."})
        if "config" in attrs:
            self._check_config(attrs)
        return attrs

    def _check_config(self, attrs: dict[str, Any]) -> None:
        kind = self.instance.kind if self.instance is not None else attrs["kind"]
        _shape(attrs["config"])
        if wrong := adapter_for(kind).check_config(attrs["config"]):
            raise ValidationError({"config": _nested(wrong)})


class Channels(Deletes):
    """The mailboxes, numbers and accounts of the shops. One that has been used is switched off, not deleted."""

    policy = POLICY
    model, out, into, listing = Channel, ChannelOut, ChannelIn, ChannelListing

    def rows(self) -> QuerySet[Channel]:
        return Channel.objects.select_related("shop", "calendar")

    def store(self, row: Channel, form: dict[str, Any]) -> Channel:
        config = form.pop("config", None)
        if config is not None:
            row.configure(config)
        try:
            stored: Channel = super().store(row, form)
        except ValidationError as error:
            raise _about_config(error) from None
        return stored


def _shape(config: dict[str, Any]) -> None:
    """Settings are values and sections of values: refused deeper down, where a secret could hide."""
    for name, value in config.items():
        fields = value.values() if isinstance(value, dict) else [value]
        if any(isinstance(field, dict) for field in fields) or len(str(value)) > 20_000:
            raise ValidationError({"config": {name[:80]: "Nested too deeply or too long."}})
    if not isinstance(config.get("address", ""), str) or len(config.get("address", "")) > 254:
        raise ValidationError({"config": {"address": "Expected an address of at most 254 characters."}})


def _nested(wrong: dict[str, str]) -> dict[str, Any]:
    """{"imap.port": "..."} as {"imap": {"port": "..."}}."""
    nested: dict[str, Any] = {}
    for path, text in wrong.items():
        section, _dot, field = path.rpartition(".")
        (nested.setdefault(section, {}) if section else nested)[field] = text
    return nested


def _about_config(error: ValidationError) -> ValidationError:
    """The model's word on a column, told under the name by which the caller knows it."""
    assert isinstance(error.detail, dict)
    detail: dict[str, Any] = dict(error.detail)
    if "address" in detail:
        detail["config"] = {"address": detail.pop("address")}
    return ValidationError(detail)
