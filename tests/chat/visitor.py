"""A visitor's browser, as far as the server can tell."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client


class Visitor:
    def __init__(self, token: str = "") -> None:
        self.client, self.token = Client(), token

    def hello(self, **fields: str) -> HttpResponse:
        answer = self.post("hello", **fields)
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer

    def post(self, call: str, **fields: Any) -> HttpResponse:
        headers = {"X-Chat": self.token} if self.token else {}
        return self.client.post(f"/chat/main/{call}/", fields, headers=headers)

    def say(self, text: str = "Bonjour, où est ma lampe ?", **fields: Any) -> HttpResponse:
        if not self.token:
            self.hello()
        return self.post("say", text=text, key=fields.pop("key", str(uuid.uuid4())), **fields)

    def news(self, after: int = 0, **fields: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.post("news", after=str(after), **fields).json()
        return answer
