"""Fields and serializers that take exactly what they say: no guessing of types, no unknown names, no silent cuts."""

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from helpdesk.api.body import is_storable
from helpdesk.lib.days import EARLIEST, LATEST

ORDERINGS = "A column; with a leading - falling. Rows without a value come last."


class Text(serializers.CharField):
    """A JSON string; a number is not one. The length is checked before anything looks at the letters."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10_000)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Instant(serializers.DateTimeField):
    """ISO 8601 with an offset. With `or_date` (filters) also a date: its first moment in UTC."""

    def __init__(self, *, or_date: bool = False, **kwargs: Any) -> None:
        self.or_date = or_date
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        at = self._read(value) if isinstance(value, str) and len(value) <= 40 else None
        if at is None:
            raise serializers.ValidationError(
                "Expected an instant with its offset, for example 2026-07-14T09:00:00+02:00.", "invalid"
            )
        if not EARLIEST <= at.year <= LATEST:
            raise serializers.ValidationError(f"Expected a year from {EARLIEST} to {LATEST}.", "invalid")
        return at

    def _read(self, value: str) -> datetime | None:
        # A "+" that nobody escaped arrives as a blank in a query string.
        text = value.replace(" ", "+") if self.or_date else value
        try:
            if self.or_date and (day := parse_date(text)):
                return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())
            at = parse_datetime(text)
            return at if at is not None and at.utcoffset() is not None else None
        except (ValueError, OverflowError):
            return None


class Seconds(serializers.FloatField):
    """A length of time: finite, not negative, at most ten years."""

    MOST = timedelta(days=3653).total_seconds()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=self.MOST, **kwargs)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, (int, float)) or not math.isfinite(data):
            self.fail("invalid")
        return super().to_internal_value(min(data, int(self.MOST) + 1) if data > 0 else data)


class Whole(serializers.IntegerField):
    """A whole number that a column can hold."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 2**63 - 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, (bool, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:40])
        return data


class Json(serializers.JSONField):
    """An object or list that PostgreSQL can keep, at most 64 kB."""

    def __init__(self, *, kind: type[dict[str, Any]] | type[list[Any]] = dict, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, self.kind) or not is_storable(data):
            self.fail("invalid")
        if len(json.dumps(data)) > 64 * 1024:
            raise serializers.ValidationError("Larger than 64 kB.", "max_length")
        return data


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
class Named(serializers.Field[Any, Any, Any, Any]):
    """An object named by one of its natural keys: text by the text columns, a number by primary key."""

    def __init__(self, model: type[models.Model], *columns: str, **kwargs: Any) -> None:
        self.model, self.columns = model, columns
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> models.Model:
        found: models.Model | None = None
        if isinstance(data, str) and data and len(data) <= 320 and is_storable(data):
            texts = models.Q(*((f"{column}__iexact", data) for column in self.columns), _connector=models.Q.OR)
            by_number = data.isascii() and data.isdecimal() and len(data) < 19
            texts = texts | models.Q(pk=int(data)) if by_number else texts
            found = self._rows().filter(texts).order_by("pk").first()
        elif type(data) is int and 0 <= data < 2**63:
            found = self._rows().filter(pk=data).first()
        if found is None:
            raise serializers.ValidationError("There is no such object.", "does_not_exist")
        return found

    def _rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.all()


class Strict(serializers.Serializer[Any]):
    """A serializer that refuses names it does not know, so that a typing error is not a silent nothing."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            twice = [name for name in data if len(data.getlist(name)) > 1]
            _refuse(twice, "Given more than once.", "repeated")
            data = data.dict()
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            _refuse([str(name) for name in data if name not in known], "Unknown field.", "unknown")
        return super().to_internal_value(data)


class StrictModel(Strict, serializers.ModelSerializer[Any]):
    """A Strict serializer whose fields come from a model."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: Text,
        models.TextField: Text,
        models.BooleanField: Flag,
        models.PositiveIntegerField: Whole,
        models.DateTimeField: Instant,
        models.JSONField: Json,
    }


class Shown(serializers.ModelSerializer[Any]):
    """For answers only: every field is always there, and the schema says so."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields


class Listing(Strict):
    """What every listing takes; listings add their filters and their `ordering`."""

    cursor = Text(required=False, max_length=1000, help_text="From `next` or `previous` of another page.")
    page_size = Whole(required=False, min_value=1, max_value=200, help_text="Rows per page, 50 by default.")


def _refuse(names: list[str], detail: str, code: str) -> None:
    if names:
        printable = {name.encode("utf-8", "backslashreplace").decode()[:100] for name in names[:20]}
        raise serializers.ValidationError({name: serializers.ErrorDetail(detail, code) for name in sorted(printable)})


def orderings(*names: str) -> serializers.ChoiceField:
    """An `ordering` parameter: these names, each also falling with a leading "-"; the first is the default."""
    bare = [name.removeprefix("-") for name in names]
    choices = dict.fromkeys([names[0], *(spelling for name in bare for spelling in (name, f"-{name}"))])
    return serializers.ChoiceField(choices=list(choices), required=False, default=names[0], help_text=ORDERINGS)
