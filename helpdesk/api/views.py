"""The base of the API's views: declared policy, strict input, idempotent POST, key-set pages, no caching."""

import re
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as InvalidRow
from django.db import IntegrityError, transaction
from django.db.models import JSONField, Model, ProtectedError, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from helpdesk.api.body import JSON_LIMIT, StrictJson, is_storable
from helpdesk.api.fields import Listing
from helpdesk.api.idempotency import Idempotent
from helpdesk.api.pagination import Order
from helpdesk.api.problems import Conflict
from helpdesk.api.schema import ApiSchema

PAGING = frozenset({"cursor", "page_size", "ordering"})


class Api(Idempotent, GenericViewSet[Any]):
    """Views are thin: a serializer checks what came, an action or model does it, a serializer shows it.

    `policy` names the action of accounts.access.ACTIONS that each method performs.
    """

    policy: ClassVar[str | dict[str, str]]
    out: ClassVar[type[Serializer[Any]]]
    into: ClassVar[type[Serializer[Any]] | None] = None
    listing: ClassVar[type[Listing]] = Listing
    columns: ClassVar[dict[str, str]] = {}  # `ordering` names whose column is called otherwise
    parser_classes = [StrictJson]
    http_method_names = ["get", "head", "post", "patch", "delete"]
    body_limit = JSON_LIMIT
    schema = ApiSchema()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action == "list":
            self.listed = check(self.listing, request.query_params)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def me(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    def order(self) -> Order:
        name = self.listed.get("ordering", "id")
        bare = name.removeprefix("-")
        return Order(name, self.columns.get(bare, "pk" if bare == "id" else bare), name.startswith("-"))

    def page(self, rows: Any, serializer: type[BaseSerializer[Any]]) -> Response:
        """One page of `rows` in the order asked for."""
        found = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(found, many=True, context=self.get_serializer_context()).data)

    def show(self, obj: Model | dict[str, Any], serializer: type[BaseSerializer[Any]], status: int = 200) -> Response:
        return Response(serializer(obj, context=self.get_serializer_context()).data, status=status)


class Reads(Api):
    """List and retrieve. `rows` is what this user may know of; what is outside it is 404."""

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the listing's parameters ask for; each parameter is by default a column of its name."""
        wanted = {name: value for name, value in self.listed.items() if name not in PAGING}
        return rows.filter(**wanted)

    def get_object(self) -> Any:
        value = self.kwargs[self.lookup_field]
        if not is_storable(value) or (self.lookup_field == "pk" and not re.fullmatch(r"[0-9]{1,18}", str(value))):
            raise Http404
        return get_object_or_404(self.rows(), **{self.lookup_field: value})

    def list(self, request: Request) -> Response:
        return self.page(self.filtered(self.rows()), self.out)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        return self.show(self.get_object(), self.out)


class Writes(Reads):
    """Create and change plain rows that no event tells of: settings and lists to choose from."""

    model: ClassVar[type[Model]]

    def create(self, request: Request) -> Response:
        assert self.into is not None
        form = check(self.into, request.data, context=self.get_serializer_context())
        return self.show(self.store(self.model(), form), self.out, 201)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        assert self.into is not None
        row = self.get_object()
        form = check(self.into, request.data, instance=row, partial=True, context=self.get_serializer_context())
        return self.show(self.store(row, form), self.out)

    def store(self, row: Any, form: dict[str, Any]) -> Any:
        """Put checked values into a row and save it."""
        for field, value in form.items():
            setattr(row, field, value)
        save(row)
        return row


class Deletes(Writes):
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """409 while something else needs the row."""
        try:
            self.get_object().delete()
        except ProtectedError:
            raise Conflict("Something still uses this; it cannot be deleted.", "in_use") from None
        return Response(status=204)


def save(row: Model) -> None:
    """Save a row if the model and its constraints agree; ValidationError names the fields that are wrong.

    JSON is left to the serializer: to a model field an empty object is a missing one.
    """
    try:
        row.full_clean(exclude={field.name for field in row._meta.concrete_fields if isinstance(field, JSONField)})
    except InvalidRow as error:
        wrong = error.message_dict
        if general := wrong.pop(NON_FIELD_ERRORS, None):
            wrong["non_field_errors"] = general
        raise ValidationError(wrong) from None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # the same thing a moment earlier
        raise Conflict("Something else has just taken this name or key.", "taken") from None


def check(serializer: type[Serializer[Any]], data: Any, **kwargs: Any) -> dict[str, Any]:
    """What came in, checked and converted. ValidationError names every field that is wrong."""
    form = serializer(data=data, **kwargs)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
