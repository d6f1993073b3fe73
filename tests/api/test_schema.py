"""The API's own description: OpenAPI 3.1, public, complete, with a page for people."""

import itertools

import pytest
from django.test import Client

from helpdesk.api.schema import description


def test_the_description_is_openapi_3_1_and_public() -> None:
    answer = Client().get("/api/v1/schema/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}


def test_every_post_takes_an_idempotency_key() -> None:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            names = [parameter["name"] for parameter in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post"), (method, path)
            assert "4XX" in operation["responses"]


@pytest.mark.django_db
def test_the_page_for_people_lists_every_operation_without_scripts() -> None:
    answer = Client().get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in page
    paths = description()["paths"]
    calls = itertools.chain.from_iterable([path] * len(methods) for path, methods in paths.items())
    assert page.count('class="api__call"') == len(list(calls))
