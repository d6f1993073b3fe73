"""V55: an address that somebody else chose leads to no service of our own network, however it is spelt."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from helpdesk.lib import net

SPELLINGS = [
    *(
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "0",
        "0.0.0.0",
    ),
    *(
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:0:0:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ),
    *("LOCALHOST", "user@127.0.0.1", "127.0.0.1%23@evil.example", "①②⑦.⓪.⓪.①"),
]


@pytest.fixture
def inside() -> Iterator[tuple[int, list[str]]]:
    """A service on loopback, and what it was asked; it redirects to itself."""
    asked: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/inside")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_loopback_is_reached(inside: tuple[int, list[str]], host: str) -> None:
    port, asked = inside
    with pytest.raises((httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError)):
        net.post_form(f"http://{host}:{port}/", {})
    assert asked == []


def test_a_redirect_is_an_answer_and_not_followed(inside: tuple[int, list[str]], settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = True
    port, asked = inside
    assert net.post_form(f"http://127.0.0.1:{port}/start", {})[0] == 302
    assert asked == ["/start"]


def test_a_name_that_leads_inside_is_refused(inside: tuple[int, list[str]], monkeypatch) -> None:
    """DNS rebinding: what was checked is what is connected to, there is no second look-up to answer otherwise."""
    import socket

    port, asked = inside
    answers = iter(["93.184.216.34", "127.0.0.1"])
    looked_up: list[str] = []

    def resolve(host: str, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert net.public_address("rebind.example", port) == "93.184.216.34"
    with pytest.raises(net.PrivateHostError):
        net.public_address("rebind.example", port)
    assert (looked_up, asked) == (["rebind.example"] * 2, [])
