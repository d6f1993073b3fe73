"""V37: what a person may not read shows in a count or a search (FreeScout GHSA-wqq7-4q7m-273v, RT CVE-2023-45024).

The API's answers are in test_v38_field_leaks.py; here are the pages of the desk.
"""

import re

import pytest
from django.test import Client

from accounts.models import Role, User
from tests import factories
from tickets import actions
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
EMAIL = "canary@example.org"
QUEUES = ("open", "mine", "unassigned", "waiting", "solved")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def foreign() -> list[Ticket]:
    """Five tickets of the other team, one in each way of being found."""
    orders = factories.team("orders")
    theirs = factories.user(teams=(orders,), first_name="Other", last_name="Colleague")
    customer = factories.customer(EMAIL, name="Canary Roy")
    tickets = [factories.ticket(customer, subject=f"Canary {n}", text="canary words", team=orders) for n in range(5)]
    actions.assign(tickets[0], to=theirs, by=Actor.agent(theirs))
    actions.solve(tickets[1], by=Actor.agent(theirs))
    actions.note(tickets[2], text="canary note", by=Actor.agent(theirs))
    factories.order(customer, number="CANARY-1")
    return tickets


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.PARTNER])
def test_counts_know_nothing_of_the_other_team(foreign: list[Ticket], role: Role) -> None:
    client = client_of(factories.user(role=role, teams=(factories.team("care"),)))
    for queue in QUEUES:
        for address in (f"/?view={queue}", f"/?view={queue}&channel=email", f"/?view={queue}&rows=300"):
            page = client.get(address).content.decode()
            assert set(re.findall(r'class="view__count">(\d+)<', page)) <= {"0"}, address
            assert re.findall(r'id="total">(\d*)<', page)[0] in ("", "0"), address
            assert "data-row" not in page
            assert "anary" not in page


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.PARTNER])
def test_searches_find_nothing_of_the_other_team(foreign: list[Ticket], role: Role) -> None:
    client = client_of(factories.user(role=role, teams=(factories.team("care"),)))
    nothing = client.get("/", {"q": "zzz"}).content.decode()
    for words in ("canary", "Canary 1", "Canary Roy", EMAIL, str(foreign[0].pk), f"#{foreign[0].pk}", "CANARY-1",
                  "canary note", "Other Colleague", "%", "_", "\\"):  # fmt: skip
        page = client.get("/", {"q": words}).content.decode()
        assert "data-row" not in page, words
        assert page.count("view__count") == nothing.count("view__count")
        for ticket in foreign:
            assert f"/tickets/{ticket.pk}/" not in page, words


def test_the_panel_tells_nothing_of_tickets_elsewhere(foreign: list[Ticket]) -> None:
    care = factories.team("care")
    client = client_of(factories.user(teams=(care,)))
    ours = factories.ticket(foreign[0].customer, subject="Ours", team=care)
    page = client.get(f"/tickets/{ours.pk}/").content.decode()
    assert page.count('class="past') == 1
    for ticket in foreign:
        assert f"/tickets/{ticket.pk}/" not in page
    assert not re.search(r"Canary \d|canary (words|note)", page)
    assert "/tickets/" + str(ours.pk) in page


def test_neighbours_and_next_are_of_ones_own_list(foreign: list[Ticket]) -> None:
    care = factories.team("care")
    client = client_of(factories.user(teams=(care,)))
    ours = factories.ticket(subject="Ours", team=care)
    for view in QUEUES:
        page = client.get(f"/tickets/{ours.pk}/?view={view}").content.decode()
        assert set(re.findall(r'href="/tickets/(\d+)/', page)) <= {str(ours.pk)}
    solved = client.post(f"/tickets/{ours.pk}/solve/")
    assert solved["Location"].startswith("/?")


@pytest.mark.parametrize(("role", "found"), [(Role.AGENT, 1), (Role.PARTNER, 0)])
def test_an_address_that_is_hidden_cannot_be_guessed(role: Role, found: int) -> None:
    """A partner sees their ticket without the customer's address: a search for it may not confirm it (S55)."""
    care = factories.team("care")
    ticket = factories.ticket(factories.customer("jasmine@example.org", name="Jasmine Roy"), team=care)
    client = client_of(factories.user(role=role, teams=(care,)))
    assert client.get("/", {"q": "Jasmine"}).content.decode().count("data-row") == 1
    assert client.get("/", {"q": "jasmine@example.org"}).content.decode().count("data-row") == found
    assert ("jasmine@example.org" in client.get(f"/tickets/{ticket.pk}/").content.decode()) is bool(found)


def test_the_outbox_and_its_count_hold_ones_own(foreign: list[Ticket]) -> None:
    actions.reply(foreign[3], text="canary reply", by=Actor.agent(factories.admin()))
    client = client_of(factories.user(teams=(factories.team("care"),)))
    page = client.get("/outbox/").content.decode()
    assert "anary" not in page
    assert 'class="bar__count">0<' in page
