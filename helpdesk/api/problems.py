"""Errors in one shape: {"type", "errors": [{"code", "detail", "attr"}]}, `attr` being the path of the field or null."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

Problem = dict[str, str | None]


class Conflict(exceptions.APIException):
    """409: the request is well formed, but what it is about stands against it. `attr` names the field concerned."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, code: str = "conflict", attr: str | None = None) -> None:
        super().__init__(detail, code)
        self.attr = attr


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used with another request."


def errors(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception that is the caller's affair; None for one of ours: Django answers 500."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()  # one body for what is missing and for what one may not know of
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    return Response(body_of(exc), status=exc.status_code, headers=_headers(exc))


def body_of(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        kind = "validation_error"
    else:
        kind = "server_error" if exc.status_code >= 500 else "client_error"
    return {"type": kind, "errors": list(_flat(exc.get_full_details(), getattr(exc, "attr", None)))}


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    return headers


def _flat(details: Any, path: str | None) -> Iterator[Problem]:
    if isinstance(details, list):
        for index, entry in enumerate(details):
            leaf = not isinstance(entry, dict) or _is_leaf(entry)
            yield from _flat(entry, path if leaf else _join(path, str(index)))
    elif _is_leaf(details):
        yield {"code": str(details["code"]), "detail": str(details["message"]), "attr": path}
    else:
        for field, entry in details.items():
            yield from _flat(entry, path if field == "non_field_errors" else _join(path, str(field)))


def _is_leaf(details: Any) -> bool:
    return set(details) == {"message", "code"} and not isinstance(details["message"], (dict, list))


def _join(path: str | None, field: str) -> str:
    return f"{path}.{field}" if path else field
