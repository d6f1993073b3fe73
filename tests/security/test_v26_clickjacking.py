"""V26: a page of ours inside a stranger's frame (CVE-2022-1803 Trudesk): only the original, and only by us."""

from typing import Any

import pytest

from tests.access.routes import Route, routes
from tests.access.world import Actor, World, build

pytestmark = pytest.mark.django_db
FRAMED_BY_US = {"message-original"}
FRAMED_BY_SHOPS = {"chat-frame"}  # the chat lives in the shops' own pages: tests/browser/test_chat.py
PICTURES = {"help-image", "help-logo", "help-product-qr"}  # their policy is a sandbox of its own


def directives(header: str) -> dict[str, str]:
    return {part.split()[0]: " ".join(part.split()[1:]) for part in header.split(";") if part.strip()}


def answers(actor: Actor, route: Route, address: str) -> list[Any]:
    headers = {"Authorization": f"Bearer {actor.secret}"} if actor.secret else {}
    plain = [actor.session.get(address, headers=headers), actor.session.post(address, headers=headers)]
    return [*plain, actor.session.get(address, headers=headers | {"HX-Request": "true"})]


def test_no_route_may_be_framed() -> None:
    world = build()
    wrong = []
    for route in routes():
        address = world.address(route, world.sides["care"])
        for actor in world.actors:
            if actor.name not in ("anonymous", "admin") or route.name in FRAMED_BY_SHOPS:
                continue
            for answer in answers(actor, route, address):
                shown = route.name in FRAMED_BY_US and answer.status_code == 200
                frame = directives(answer.headers.get("Content-Security-Policy", "")).get("frame-ancestors")
                if route.name in PICTURES and answer.status_code == 200:
                    frame = "'none'"
                expected = ("'self'", None) if shown else ("'none'", "DENY")
                if (frame, answer.headers.get("X-Frame-Options")) != expected:
                    wrong.append((route.address, actor.name, answer.status_code, frame, dict(answer.headers)))
    assert wrong == []


def test_errors_may_not_be_framed_either() -> None:
    world: World = build()
    admin = next(actor for actor in world.actors if actor.name == "admin")
    for address in ("/nothing/", "/tickets/999999999/", "/api/v1/nothing/", "/tickets/1/say/", "/hooks/nothing/"):
        answer = admin.session.get(address)
        assert answer.status_code in (404, 405)
        assert directives(answer["Content-Security-Policy"])["frame-ancestors"] == "'none'", address
        assert answer["X-Frame-Options"] == "DENY"
