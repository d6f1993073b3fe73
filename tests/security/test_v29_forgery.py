"""V29: a stranger's page acts in our name (CVE-2021-45785 Trudesk, H1 102194 Zendesk).

That reading changes nothing and that no form goes without its token is walked over every route in
tests/access/test_matrix.py; here is what a forger tries around that.
"""

import pytest
from django.conf import settings
from django.test import Client

from tests import factories
from tests.access.routes import routes
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
WRITING = ["say", "assign", "take", "team", "priority", "tags", "state", "solve"]


@pytest.fixture
def manager() -> Client:
    """A logged-in manager's manager, in front of the real check."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user("ines@example.com", role="manager"))
    return client


def fingerprint(ticket: Ticket) -> tuple[object, ...]:
    row = Ticket.objects.get(pk=ticket.pk)
    return row.version, row.state, row.assignee_id, row.team_id, row.tags, row.messages.count(), row.events.count()


@pytest.mark.parametrize("verb", WRITING)
def test_no_way_of_reading_writes(manager: Client, verb: str) -> None:
    ticket = factories.ticket()
    before, address = fingerprint(ticket), f"/tickets/{ticket.pk}/{verb}/"
    query = {"to": "solved", "text": "x", "kind": "note", "add": "x", "_method": "POST", "submission": "x"}
    for _twice in range(2):
        assert manager.get(address, query).status_code == 405
        assert manager.head(address, query).status_code == 405
        assert manager.get(address, query, headers={"X-HTTP-Method-Override": "POST"}).status_code == 405
        assert manager.options(address).status_code == 405
        assert manager.get(address, query, headers={"HX-Request": "true"}).status_code == 405
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            assert manager.generic(method, address).status_code in (403, 405)
    assert fingerprint(ticket) == before


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_a_strangers_form_is_refused_however_it_is_typed(manager: Client, verb: str, content_type: str) -> None:
    ticket = factories.ticket()
    before = fingerprint(ticket)
    for headers in ({}, {"HX-Request": "true"}, {"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"X-CSRFToken": ""}, {"X-CSRFToken": "a" * 32}, {"X-CSRFToken": "a" * 64}):  # fmt: skip
        answer = manager.generic("POST", f"/tickets/{ticket.pk}/{verb}/", "to=solved", content_type, headers=headers)
        assert answer.status_code == 403
    assert fingerprint(ticket) == before


def test_a_true_token_from_a_strangers_page_is_refused(manager: Client) -> None:
    ticket = factories.ticket()
    manager.get(f"/tickets/{ticket.pk}/")
    token = manager.cookies[settings.CSRF_COOKIE_NAME].value
    address = f"/tickets/{ticket.pk}/solve/"
    for origin in ("https://evil.example", "null", "http://testserver.evil.example", "http://testserver:8080"):
        headers = {"X-CSRFToken": token, "Origin": origin}
        assert manager.post(address, headers=headers).status_code == 403, origin
    other = Client(enforce_csrf_checks=True)
    other.force_login(factories.user())
    assert other.post(address, headers={"X-CSRFToken": token}).status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).state == "new"
    assert manager.post(address, headers={"X-CSRFToken": token, "Origin": "http://testserver"}).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "solved"


def test_cookies_do_not_travel_with_a_strangers_post() -> None:
    factories.user("sophie@example.com", password=factories.PASSWORD)
    visitor = Client(REMOTE_ADDR="10.29.0.1")
    visitor.get("/accounts/login/")
    visitor.post("/accounts/login/", {"login": "sophie@example.com", "password": factories.PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert visitor.cookies[name]["samesite"] == "Lax"
    assert visitor.cookies[settings.SESSION_COOKIE_NAME]["httponly"]


def test_only_what_carries_its_own_proof_is_exempt() -> None:
    exempt = [route for route in routes() if getattr(route.view, "csrf_exempt", False)]
    assert {route.address.split("/")[0] for route in exempt} <= {"hooks", "api", "survey", "chat", "confirm", "help"}
    assert settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] == ["accounts.tokens.TokenAuthentication"]


def test_the_api_knows_no_cookie(manager: Client) -> None:
    ticket = factories.ticket()
    for method, path in (("GET", "/tickets/"), ("PATCH", f"/tickets/{ticket.pk}/"), ("POST", "/tickets/")):
        assert manager.generic(method, f"/api/v1{path}", "{}", "application/json").status_code == 401


def test_a_login_form_of_a_stranger_is_refused() -> None:
    factories.user("sophie@example.com", password=factories.PASSWORD)
    visitor = Client(enforce_csrf_checks=True)
    form = {"login": "sophie@example.com", "password": factories.PASSWORD}
    for address in ("/accounts/login/", "/accounts/password/reset/", "/accounts/logout/"):
        assert visitor.post(address, form).status_code in (403, 302)
        assert settings.SESSION_COOKIE_NAME not in visitor.cookies
