from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from tests import factories
from tests.caller import Caller, problems
from tickets import actions
from tickets.actors import Actor
from tickets.models import Priority, Reason, Ticket

pytestmark = pytest.mark.django_db


def numbers(api: Caller, **query: object) -> list[int]:
    answer = api.get("/tickets/", **query)
    assert answer.status_code == 200, answer.content
    return [ticket["number"] for ticket in answer.json()["results"]]


def walk(api: Caller, direction: str, **query: object) -> list[int]:
    """Every row that following `direction` from the first page leads to."""
    found, cursor = [], ""
    while True:
        page = api.get("/tickets/", **query, **({"cursor": cursor} if cursor else {})).json()
        found += [ticket["number"] for ticket in page["results"]]
        if page[direction] is None:
            return found
        cursor = parse_qs(urlsplit(page[direction]).query)["cursor"][0]


@pytest.mark.parametrize(
    "ordering", ["number", "-number", "opened_at", "-due_at", "due_at", "waiting_since", "-priority"]
)
def test_pages_hold_every_row_once_in_order(api: Caller, ordering: str) -> None:
    tickets = [factories.ticket(at=timezone.now() - timedelta(hours=n % 3)) for n in range(7)]
    for ticket in tickets[:3]:
        actions.solve(ticket, by=Actor.agent(User.objects.get()))
    everything = numbers(api, ordering=ordering)
    assert sorted(everything) == [ticket.pk for ticket in tickets]
    assert walk(api, "next", ordering=ordering, page_size=2) == everything


def test_previous_leads_back(api: Caller) -> None:
    tickets = [factories.ticket() for _ in range(5)]
    for ticket in tickets[1:3]:
        actions.solve(ticket, by=Actor.agent(User.objects.get()))
    first = api.get("/tickets/", ordering="due_at", page_size=2).json()
    second = api.client.get(first["next"], headers=api.headers).json()
    third = api.client.get(second["next"], headers=api.headers).json()
    assert (first["previous"], third["next"]) == (None, None)
    back = api.client.get(third["previous"], headers=api.headers).json()
    assert back["results"] == second["results"]
    start = api.client.get(back["previous"], headers=api.headers).json()
    assert (start["results"], start["previous"]) == (first["results"], None)


def test_each_filter(api: Caller, admin: User) -> None:
    care, colleague = factories.team("care"), factories.user()
    reason = Reason.objects.create(key="late", what="Livraison", why="Retard")
    other_shop = factories.shop("second", name="Autre")
    plain = factories.ticket(factories.customer(name="Paul Plain"), at=timezone.now() - timedelta(days=3))
    rich = factories.ticket(
        factories.customer("rich@example.org", name="Zoé Riche"),
        subject="Théière fêlée",
        via=factories.channel("second", of=other_shop, address="hello@second.example"),
        team=care,
        assignee=colleague,
    )
    by = Actor.agent(admin)
    actions.tag(rich, add=["casse"], by=by)
    actions.choose_reason(rich, to=reason, by=by)
    actions.prioritise(rich, to=Priority.HIGH, by=by)
    actions.solve(rich, by=by)
    now = timezone.now()
    for query in (
        {"shop": "second"}, {"channel": "second"}, {"state": "solved"}, {"assignee": colleague.pk},
        {"assignee": colleague.email.upper()}, {"team": "care"}, {"priority": "high"}, {"tag": "casse"},
        {"reason": "late"}, {"customer": rich.customer_id}, {"customer": "Rich@example.org"},
        {"opened_after": (now - timedelta(days=1)).isoformat()}, {"q": "théière"}, {"q": "zoé"}, {"q": f"#{rich.pk}"},
        {"q": "rich@exam"}, {"state": "solved", "team": "care"},
    ):  # fmt: skip
        assert numbers(api, **query) == [rich.pk], query
    for query in (
        {"assignee": "none"}, {"team": "none"}, {"state": "new"},
        {"opened_before": (now - timedelta(days=1)).isoformat()},
        {"opened_before": (now - timedelta(days=1)).date().isoformat()}, {"channel": "support"},
    ):  # fmt: skip
        assert numbers(api, **query) == [plain.pk], query
    assert numbers(api, channel="email") == [rich.pk, plain.pk]
    for query in ({"assignee": "me"}, {"customer": "x@example.org"}, {"tag": "cass"}, {"channel": "sms"}, {"q": "zzz"}):
        assert numbers(api, **query) == [], query


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"colour": "red"}, "colour"),
        ({"ordering": "subject"}, "ordering"),
        ({"ordering": "customer__identities__value"}, "ordering"),
        ({"state": "opened"}, "state"),
        ({"shop": "nowhere"}, "shop"),
        ({"opened_after": "yesterday"}, "opened_after"),
        ({"opened_after": "2026-01-01T00:00:00"}, "opened_after"),
        ({"cursor": "abc"}, "cursor"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "9" * 30}, "page_size"),
        ({"state": ["new", "open"]}, "state"),
        ({"q": "a\0b"}, "q"),
    ],
)
def test_a_wrong_filter_is_named(api: Caller, query: dict[str, object], attr: str) -> None:
    answer = api.get("/tickets/", **query)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])


def test_the_queries_do_not_grow_with_the_rows(api: Caller) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert api.get("/tickets/").status_code == 200
        return len(seen)

    factories.ticket()
    api.get("/tickets/")
    one = queries()
    for _ in range(4):
        order = factories.order(factories.customer())
        factories.ticket(order.customer).orders.add(order)
    assert queries() == one


def test_the_bin_is_not_listed(api: Caller, admin: User) -> None:
    ticket = factories.ticket()
    actions.delete(ticket, by=Actor.agent(admin))
    assert numbers(api) == []


def test_agents_list_what_they_may_see(db: None) -> None:
    mine, foreign = factories.team("care"), factories.team("orders")
    agent = factories.user(teams=(mine,))
    seen = [factories.ticket(), factories.ticket(team=mine), factories.ticket(team=foreign, assignee=agent)]
    factories.ticket(team=foreign)
    assert numbers(Caller(factories.token(agent)), ordering="number") == [ticket.pk for ticket in seen]
    partner = factories.user(role=Role.PARTNER, teams=(mine,))
    assert numbers(Caller(factories.token(partner))) == [seen[1].pk]
    assert Ticket.objects.count() == 4
