import base64
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from channels_app.adapters.email import imap, oauth
from channels_app.models import Channel
from tests import factories
from tests.mailroom import free_port

pytestmark = pytest.mark.django_db


class Provider:
    """A token endpoint that rotates its refresh token, as Microsoft's does."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.status, self.number = 200, 0
        outer = self

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.asked.append(form)
                outer.number += 1
                good = {"access_token": f"at-{outer.number}", "refresh_token": f"rt-{outer.number}", "expires_in": 3600}
                body = json.dumps(good if outer.status == 200 else {"error": "invalid_grant"}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    settings.ALLOW_PRIVATE_HOSTS = True
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


def channel(provider: Provider, port: int = 0) -> Channel:
    made = factories.channel()
    made.configure(
        {
            "address": made.address,
            "imap": {"host": "127.0.0.1", "port": port or free_port(), "security": "none", "user": made.address},
            "oauth": {
                "client_id": "comptoir",
                "client_secret": "cs",
                "refresh_token": "rt-0",
                "token_url": f"http://127.0.0.1:{provider.server.server_port}/token",
            },
        }
    )
    made.save()
    return made


def test_the_rotated_refresh_token_is_kept_and_used(provider: Provider) -> None:
    made = channel(provider)
    assert oauth.access_token(made) == "at-1"
    assert oauth.access_token(made) == "at-1"
    made.refresh_from_db()
    assert made.settings()["oauth"]["refresh_token"] == "rt-1"
    assert "rt-1" not in json.dumps([made.config, made.sealed])
    made.config["oauth"]["expires_at"] = (timezone.now() + timedelta(minutes=4)).isoformat()
    made.save()
    assert oauth.access_token(made) == "at-2"
    assert [form["refresh_token"] for form in provider.asked] == [["rt-0"], ["rt-1"]]


def test_a_withdrawn_grant_shows_on_the_channel(provider: Provider) -> None:
    provider.status = 400
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, []), daemon=True).start()
        made = channel(provider, server.getsockname()[1])
        assert list(imap.poll(made)) == []
    made.refresh_from_db()
    assert made.trouble == "Mailbox: the login is refused: invalid_grant"


def test_a_provider_that_is_away_is_no_refusal(provider: Provider) -> None:
    provider.status = 503
    with pytest.raises(OSError, match="answers 503"):
        oauth.access_token(channel(provider))


def test_without_permission_private_providers_are_not_asked(provider: Provider, settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = False
    with pytest.raises(OSError, match="not a public address"):
        oauth.access_token(channel(provider))
    assert provider.asked == []


def test_the_mailbox_is_opened_with_the_token(provider: Provider) -> None:
    shown: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, shown), daemon=True).start()
        made = channel(provider, server.getsockname()[1])
        assert list(imap.poll(made)) == []
    made.refresh_from_db()
    assert made.trouble == ""
    assert shown == [b"user=support@maison-lune.example\1auth=Bearer at-1\1\1"]


def _serve(server: socket.socket, shown: list[bytes]) -> None:
    """An empty mailbox that knows XOAUTH2 only."""
    client, _address = server.accept()
    with client, client.makefile("rwb", buffering=0) as stream:
        stream.write(b"* OK ready\r\n")
        for line in stream:
            tag, command = line.split(b" ", 1)
            if command.startswith(b"CAPABILITY"):
                stream.write(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n")
            elif command.startswith(b"AUTHENTICATE XOAUTH2"):
                stream.write(b"+ \r\n")
                shown.append(base64.b64decode(stream.readline()))
            elif command.startswith((b"SELECT", b"EXAMINE")):
                stream.write(b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\n")
            elif command.startswith(b"UID SEARCH"):
                stream.write(b"* SEARCH\r\n")
            stream.write(tag + b" OK done\r\n")
