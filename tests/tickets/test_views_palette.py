"""Ctrl K: the palette's server side."""

import re

import pytest
from django.test import Client

from accounts.models import Role
from tests import factories as make
from tests.faq.makers import article

pytestmark = pytest.mark.django_db


def test_tickets_people_and_orders(client: Client):
    client.force_login(make.user())
    customer = make.customer("helene@fabre.example", name="Hélène Fabre", postcode="75011")
    make.order(customer, number="FAB-7", status="expédiée")
    ticket = make.ticket(customer, subject="Retour de la lampe")
    page = client.get("/palette/", {"q": "fab"}).content.decode()
    assert page.count('role="option"') == 3
    assert f'href="/tickets/{ticket.pk}/"' in page
    assert "Hélène <mark>Fabre</mark>" in page


@pytest.mark.parametrize(("typed", "groups"), [("#lampe", 1), ("@fabre", 1), ("fabre", 2), ("", 0), (">fabre", 0)])
def test_a_sign_narrows(client: Client, typed: str, groups: int):
    client.force_login(make.user())
    make.ticket(make.customer(name="Hélène Fabre"), subject="La lampe")
    assert client.get("/palette/", {"q": typed}).content.decode().count("palette__head") == groups


def test_nobody_finds_another_teams_ticket(client: Client):
    make.ticket(subject="La lampe secrète", team=make.team("secret"))
    for role in (Role.AGENT, Role.PARTNER):
        client.force_login(make.user(role=role))
        assert 'role="option"' not in client.get("/palette/", {"q": "lampe"}).content.decode()


def test_articles_and_the_settings_that_one_may_open(client: Client):
    article("Suivre un colis", language="en")
    for role, settings in ((Role.AGENT, ["/settings/macros/"]), (Role.ADMIN, ["/settings/reasons/"])):
        client.force_login(make.user(role=role))
        found = client.get("/palette/", {"q": "suivre"}).content.decode()
        assert "<mark>Suivre</mark> un colis" in found
        words = "settings macr" if role == Role.AGENT else "reasons"
        assert (
            re.findall(r'href="(/settings/[^"]*)"', client.get("/palette/", {"q": words}).content.decode()) == settings
        )
    client.force_login(make.user(role=Role.AGENT))
    assert "/settings/" not in client.get("/palette/", {"q": "reasons"}).content.decode()
