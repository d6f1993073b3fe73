"""The API described in OpenAPI 3.1: made from the views themselves."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.renderers import JSONRenderer

from accounts.access import PUBLIC, policy

PROBLEM = {
    "type": "object",
    "required": ["type", "errors"],
    "properties": {
        "type": {"type": "string", "enum": ["validation_error", "client_error", "server_error"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail", "attr"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "attr": {"type": ["string", "null"], "description": "The field's path, for example customer.email"},
                },
            },
        },
    },
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
    "description": "The same key and request within 24 hours get the first answer again; nothing is done twice.",
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class ApiSchema(AutoSchema):
    """A view's `into` is what it takes, its `out` what it shows, its `listing` the parameters of its listing."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        return [self.view.listing] if self.view.action == "list" else []

    def get_request_serializer(self) -> Any:
        return self.view.into if self.method in ("POST", "PATCH") else None

    def get_response_serializers(self) -> Any:
        return self.view.out

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


def describe_refusals(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Post-processing: every operation may answer with a Problem, every POST takes an Idempotency-Key."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    refusal = {
        "description": "Refused: why, and which field.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for methods in result["paths"].values():
        for method, operation in methods.items():
            operation["responses"]["4XX"] = refusal
            if method == "post":
                operation.setdefault("parameters", []).append(KEY)
    return result


@cache
def description() -> dict[str, Any]:
    """The whole document; made once per process, in English."""
    with translation.override("en"):
        generator = SchemaGenerator(urlconf="helpdesk.urls")  # type: ignore[no-untyped-call]
        document: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


@policy(PUBLIC)
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, as JSON."""
    return HttpResponse(JSONRenderer().render(description()), content_type="application/json")


@policy(PUBLIC)
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same for people: every operation with its parameters, fields and answers."""
    return render(request, "api/docs.html", {"api": description(), "groups": groups(description())})


def groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by their first path segment, with the fields of what they take, for the page; tickets first."""
    found: dict[str, list[dict[str, Any]]] = {"tickets": []}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            shown = operation | {"path": path, "method": method.upper(), "fields": _fields(document, operation)}
            found.setdefault(operation["tags"][0], []).append(shown)
    return found


def _fields(document: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    schema = document["components"]["schemas"].get(reference.rpartition("/")[2], {})
    required = schema.get("required", [])
    return [
        {"name": name, "required": name in required, "type": _type(field), "description": field.get("description", "")}
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    """In a word: "string | null", "TicketState", "string | integer"."""
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if several := field.get("oneOf") or field.get("allOf"):
        return " | ".join(_type(one) for one in several)
    kind = field.get("type", "any")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)
