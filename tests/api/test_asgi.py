"""As it is served: through ASGI, with bodies that come in chunks and declare no length."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application

from accounts.models import User
from tests import factories
from tickets.models import Message


async def speak(method: str, path: str, secret: str, chunks: list[bytes]) -> tuple[int, bytes]:
    """One request by hand: (status, body)."""
    waiting, sent = list(chunks), []
    headers = [
        (b"host", b"testserver"),
        (b"authorization", f"Bearer {secret}".encode()),
        (b"content-type", b"application/json"),
    ]
    scope: dict[str, Any] = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        "scheme": "http",
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()  # the client stays
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    async def send(event: Any) -> None:
        sent.append(event)

    await get_asgi_application()(scope, receive, send)
    return sent[0]["status"], b"".join(event.get("body", b"") for event in sent[1:])


@pytest.mark.django_db(transaction=True)
def test_a_chunked_body_arrives_whole(admin: User) -> None:
    ticket, secret = factories.ticket(), factories.token(admin)
    body = json.dumps({"text": "Bonjour", "public": False}).encode()
    path = f"/api/v1/tickets/{ticket.pk}/messages/"
    status, answer = async_to_sync(speak)("POST", path, secret, [body[:10], body[10:], b""])
    assert (status, json.loads(answer)["text"]) == (201, "Bonjour")
    assert Message.objects.filter(public=False).count() == 1
    assert async_to_sync(speak)("HEAD", path, secret, [b""])[0] == 200
