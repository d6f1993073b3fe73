"""Who gets in: tokens, scopes, roles, limits."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from rest_framework.settings import api_settings

from accounts.models import ApiToken, Role, User
from tests import factories
from tests.caller import Caller, problems

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("secret", ["", "cmt_unknown", "a b", "\u00e9"])
def test_no_valid_token_is_401(secret: str) -> None:
    answer = Caller(secret).get("/tickets/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["type"] == "client_error"


def test_a_login_is_no_token(admin: User) -> None:
    client = Client()
    client.force_login(admin)
    assert client.get("/api/v1/tickets/").status_code == 401


def test_an_ended_token_is_401(admin: User) -> None:
    secret = factories.token(admin)
    for end in ({"revoked_at": timezone.now()}, {"revoked_at": None, "expires_at": timezone.now() - timedelta(1)}):
        ApiToken.objects.update(**end)
        assert Caller(secret).get("/tickets/").status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert Caller(secret).get("/tickets/").status_code == 200
    User.objects.update(is_active=False)
    assert Caller(secret).get("/tickets/").status_code == 401


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", {"read"}), ("write", {"write"}), ("inbound", {"inbound"}), ("admin", {"admin"})],
)
def test_scopes_narrow_an_admin(admin: User, scope: str, allowed: set[str]) -> None:
    ticket = factories.ticket()
    api = Caller(factories.token(admin, scope))
    mail = b"From: j@example.org\r\nSubject: hi\r\n\r\nhi"
    statuses = {
        "read": api.get(f"/tickets/{ticket.pk}/").status_code,
        "write": api.post(f"/tickets/{ticket.pk}/messages/", {"text": "x", "public": False}).status_code,
        "inbound": api.raw("POST", "/inbound/email/?channel=support", mail, "message/rfc822").status_code,
        "admin": api.post("/tags/", {"name": "new"}).status_code,
    }
    done = {"read": 200, "write": 201, "inbound": 202, "admin": 201}
    assert statuses == {name: done[name] if name in allowed else 403 for name in done}


def test_a_scope_gives_no_rights_that_the_role_lacks() -> None:
    agent = Caller(factories.token(factories.user()))
    answer = agent.post("/tags/", {"name": "x"})
    assert (answer.status_code, problems(answer)) == (403, [("permission_denied", None)])


def test_partners_do_not_open_tickets_nor_write_customers() -> None:
    partner = Caller(factories.token(factories.user(role=Role.PARTNER)))
    assert partner.post("/tickets/", {}).status_code == 403
    assert partner.post("/customers/", {}).status_code == 403


def test_what_is_not_there_and_what_is_not_yours_look_the_same() -> None:
    foreign = factories.ticket(team=factories.team("orders"))
    api = Caller(factories.token(factories.user()))
    missing = api.get(f"/tickets/{foreign.pk + 1000}/")
    answer = api.get(f"/tickets/{foreign.pk}/")
    assert (answer.status_code, answer.content) == (404, missing.content)


def test_wrong_methods_and_types(api: Caller) -> None:
    assert api.delete("/tickets/1/").status_code == 405
    assert api.raw("PUT", "/tickets/1/", b"{}").status_code == 405
    assert api.raw("OPTIONS", "/tickets/", b"").status_code == 405
    assert api.raw("POST", "/tickets/", b"a=1", "application/x-www-form-urlencoded").status_code == 415
    assert api.raw("POST", "/inbound/email/", b"{}").status_code in (400, 415)
    assert Caller().raw("PUT", "/tickets/", b"{}").status_code == 401


def test_answers_are_not_cached(api: Caller) -> None:
    assert api.get("/tickets/").headers["Cache-Control"] == "no-store"


def test_too_many_calls_are_told_to_wait(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "token", "3/hour")
    cache.clear()
    assert [api.get("/tags/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = api.get("/tags/")
    assert 1 <= int(refused.headers["Retry-After"]) <= 3600
    assert problems(refused) == [("throttled", None)]
    assert Caller(factories.token(factories.user())).get("/tags/").status_code == 200
    cache.clear()
