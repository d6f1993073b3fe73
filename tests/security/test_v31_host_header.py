"""V31: a forged Host in the links we send (CVE-2026-34442 FreeScout, CVE-2025-25198 mailcow)."""

import pytest
from django.conf import LazySettings
from django.core import mail as outgoing
from django.test import Client

from tests import factories
from tests.mailroom import Catcher, mail, receive, taken_in_as, work
from tickets.models import DeskSettings

pytestmark = pytest.mark.django_db
EVIL = "evil.example"
HOSTS = [
    *(EVIL, f"{EVIL}:80", f"testserver.{EVIL}", f"{EVIL}#testserver", f"{EVIL}?testserver", f"testserver@{EVIL}"),
    *(f"{EVIL}/testserver", f"testserver:80@{EVIL}", f"testserver, {EVIL}", f"{EVIL}\\testserver", "", ".", "*"),
    *(
        f"testserver:x.{EVIL}",
        "test_server/",
        "[::1",
        "xn--tstserver",
        "testserver\t" + EVIL,
        "test server",
        "..testserver",
    ),
]
FORWARDED = {
    "X-Forwarded-Host": EVIL,
    "X-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-HTTP-Host-Override": EVIL,
    "X-Original-Host": EVIL,
    "X-Rewrite-URL": f"https://{EVIL}/",
    "X-Original-URL": f"https://{EVIL}/",
    "Forwarded": f'for=1.2.3.4;host="{EVIL}";proto=https',
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "8443",
    "X-Forwarded-Prefix": f"//{EVIL}",
    "X-Forwarded-For": EVIL,
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
}


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_refused(host: str) -> None:
    for path in ("/", "/accounts/login/", "/api/v1/tickets/", "/accounts/password/reset/"):
        answer = Client(raise_request_exception=False).get(path, HTTP_HOST=host)
        assert answer.status_code == 400, path
        assert EVIL not in answer.content.decode()
        assert EVIL not in str(answer.headers)


@pytest.mark.parametrize("name", FORWARDED)
def test_what_a_proxy_might_say_is_no_host(name: str) -> None:
    agent = Client()
    agent.force_login(factories.user())
    ticket = factories.ticket()
    for path in ("/", f"/tickets/{ticket.pk}/", "/accounts/login/", "/accounts/password/reset/"):
        for client in (agent, Client()):
            answer = client.get(path, headers={name: FORWARDED[name]})
            assert answer.status_code in (200, 302)
            assert EVIL not in answer.content.decode()
            assert EVIL not in str(answer.headers)


def test_a_reset_letter_holds_only_our_address(settings: LazySettings) -> None:
    """Even where the host check lets another name pass, as with ALLOWED_HOSTS=* behind a proxy."""
    settings.ALLOWED_HOSTS = ["*"]
    factories.user("sophie@example.com")
    for number, (host, headers) in enumerate([(EVIL, {}), ("testserver", FORWARDED), (f"{EVIL}:8443", FORWARDED)]):
        for email in ("sophie@example.com", f"nobody{number}@example.com"):
            Client(REMOTE_ADDR=f"10.0.0.{number}").post(
                "/accounts/password/reset/", {"email": email}, HTTP_HOST=host, headers=headers
            )
    assert len(outgoing.outbox) >= 3
    for letter in outgoing.outbox:
        assert EVIL not in letter.message().as_string()
        assert letter.subject.startswith("[Comptoir] ")
        links = [word for word in letter.body.split() if "://" in word]
        assert links
        assert [link for link in links if not link.startswith("http://testserver")] == []
    assert "http://testserver/accounts/password/reset/key/" in outgoing.outbox[0].body


def test_an_answer_never_names_the_host_it_was_asked_by(catcher: Catcher, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    ticket = taken_in_as(receive(mail())).ticket
    DeskSettings.objects.create(shop=ticket.shop, undo_seconds={"email": 0})  # the answer leaves at once
    agent = Client()
    agent.force_login(factories.user())
    form = {"kind": "reply", "text": "Bonjour.", "submission": "5f8f1c0a-50d4-4a0b-9b43-0a0f3c8f6a12"}
    agent.post(f"/tickets/{ticket.pk}/say/", form, HTTP_HOST=EVIL, headers={"X-Forwarded-Host": EVIL})
    work()
    assert len(catcher.caught) == 2
    assert [caught for caught in catcher.caught if EVIL.encode() in caught.raw] == []


def test_the_api_gives_addresses_of_ours(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    factories.ticket()
    secret = factories.token(factories.admin())
    for path in ("/api/v1/tickets/", "/api/v1/search/?q=colis", "/api/v1/customers/", "/api/v1/users/"):
        headers = {"Authorization": f"Bearer {secret}", "X-Forwarded-Host": EVIL}
        answer = Client().get(path, HTTP_HOST=EVIL, headers=headers)
        assert answer.status_code == 200
        assert EVIL not in answer.content.decode(), path
