"""V40: rights end with the next request, in every open session and token."""

import pytest
from django.test import Client

from accounts.models import ApiToken, User
from tests import factories
from tests.caller import Caller

pytestmark = pytest.mark.django_db


def test_who_leaves_is_out_at_once() -> None:
    agent = factories.user()
    api, browser, admin = Caller(factories.token(agent)), Client(), Caller(factories.token(factories.admin()))
    browser.force_login(agent)
    assert (api.get("/tickets/").status_code, browser.get("/").status_code) == (200, 200)
    assert admin.patch(f"/users/{agent.pk}/", {"is_active": False}).status_code == 200
    assert api.get("/tickets/").status_code == 401
    assert browser.get("/").status_code == 302


def test_a_revoked_token_is_out_at_once() -> None:
    from django.utils import timezone

    api = Caller(factories.token(factories.user()))
    assert api.get("/tickets/").status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    assert api.get("/tickets/").status_code == 401


def test_leaving_a_team_takes_its_tickets_away() -> None:
    care = factories.team("care")
    agent, ticket = factories.user(teams=(care,)), factories.ticket(team=care)
    api = Caller(factories.token(agent))
    assert api.get(f"/tickets/{ticket.pk}/").status_code == 200
    Caller(factories.token(factories.admin())).patch("/teams/care/", {"members": []})
    assert api.get(f"/tickets/{ticket.pk}/").status_code == 404
    assert api.get("/tickets/").json()["results"] == []


def test_a_new_password_ends_open_sessions() -> None:
    agent = factories.user(password=factories.PASSWORD)
    browser = Client()
    browser.force_login(agent)
    Caller(factories.token(factories.admin())).patch(f"/users/{agent.pk}/", {"password": "another long password"})
    assert browser.get("/").status_code == 302
    assert User.objects.get(pk=agent.pk).check_password("another long password")
