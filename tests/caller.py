"""A program that calls the API with a token."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Caller:
    """`caller.get("/tickets/")`: addresses begin after /api/v1; `headers` go with every call."""

    def __init__(self, secret: str = "", **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = ({"Authorization": f"Bearer {secret}"} if secret else {}) | headers

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "") -> HttpResponse:
        return self._send("POST", path, body, {"Idempotency-Key": key} if key else {})

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self._send("PATCH", path, body, {})

    def delete(self, path: str) -> HttpResponse:
        return self._send("DELETE", path, None, {})

    def raw(self, method: str, path: str, body: bytes, content_type: str = "application/json") -> HttpResponse:
        return self.client.generic(method, f"/api/v1{path}", body, content_type, headers=self.headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        data = json.dumps(body if body is not None else {})
        return self.client.generic(method, f"/api/v1{path}", data, "application/json", headers=self.headers | headers)


def problems(response: HttpResponse) -> list[tuple[str, str | None]]:
    """(code, attr) of each error of a refusal."""
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]
