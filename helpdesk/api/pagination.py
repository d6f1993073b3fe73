"""Pages by key, never by offset: as quick on the last page as on the first, and nothing is skipped or seen twice."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import F, Model, Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A row's position in an order: the page lies after it or, `backwards`, before it."""

    value: Any
    pk: int
    backwards: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One column and a direction, ties broken by primary key; rows without a value come last."""

    name: str  # as in `ordering`
    column: str
    falling: bool

    def sort(self, rows: QuerySet[Any], *, backwards: bool) -> QuerySet[Any]:
        falling = self.falling != backwards
        key = "-pk" if falling else "pk"
        if self.column == "pk":
            return rows.order_by(key)
        column = F(self.column)
        if backwards:
            return rows.order_by(column.desc(nulls_first=True) if falling else column.asc(nulls_first=True), key)
        return rows.order_by(column.desc(nulls_last=True) if falling else column.asc(nulls_last=True), key)

    def beyond(self, place: Place) -> Q:
        """The rows on the page's side of a place."""
        step = "lt" if self.falling != place.backwards else "gt"
        tie = Q(**{f"pk__{step}": place.pk})
        if self.column == "pk":
            return tie
        empty = Q(**{f"{self.column}__isnull": True})
        if place.value is None:
            return (~empty | tie) if place.backwards else (empty & tie)
        further = Q(**{f"{self.column}__{step}": place.value}) | (Q(**{self.column: place.value}) & tie)
        return further if place.backwards else further | empty


class Cursor(BasePagination):
    """{"next", "previous", "results"}. The view's `listed` holds the checked `cursor`, `ordering` and `page_size`."""

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any | None = None) -> list[Any] | None:
        assert view is not None
        size: int = view.listed.get("page_size") or api_settings.PAGE_SIZE or 50
        order = view.order()
        place = read(view.listed.get("cursor", ""), order, queryset.model)
        backwards = place is not None and place.backwards
        rows = queryset.filter(order.beyond(place)) if place else queryset
        found = list(order.sort(rows, backwards=backwards)[: size + 1])
        more, page = len(found) > size, found[:size]
        if backwards:
            page.reverse()
        self._url = request.build_absolute_uri()
        following, preceding = (place is not None, more) if backwards else (more, place is not None)
        self._next = write(page[-1], order, backwards=False) if following and page else None
        self._previous = write(page[0], order, backwards=True) if preceding and page else None
        return page

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"next": self._link(self._next), "previous": self._link(self._previous), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def _link(self, cursor: str | None) -> str | None:
        return replace_query_param(remove_query_param(self._url, "cursor"), "cursor", cursor) if cursor else None


def write(row: Model, order: Order, *, backwards: bool) -> str:
    value = None if order.column == "pk" else getattr(row, order.column)
    value = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([order.name, value, row.pk, backwards]).encode()).decode().rstrip("=")


def read(cursor: str, order: Order, model: type[Model]) -> Place | None:
    """The place that a cursor names, None without one. ValidationError for a cursor that is not of this listing."""
    if not cursor:
        return None
    try:
        name, value, pk, backwards = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != order.name or type(pk) is not int or abs(pk) > LARGEST or type(backwards) is not bool:
            raise ValueError
        if value is not None:
            value = model._meta.get_field(order.column).to_python(value)  # type: ignore[union-attr]
            if isinstance(value, str):
                value.encode()  # lone surrogates
                if "\0" in value:
                    raise ValueError
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError, InvalidValue):
        raise ValidationError({"cursor": "This cursor does not belong to this listing."}, "invalid") from None
    return Place(value, pk, backwards)
