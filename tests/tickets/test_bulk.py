"""The same step on many tickets: per-ticket outcomes, the way back, nobody else's tickets."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali")
    client.force_login(user)
    return user


def act(client: Client, do: str, *tickets: Ticket, **more: str):
    return client.post("/bulk/", {"do": do, "ticket": [ticket.pk for ticket in tickets], "back": "/?view=mine", **more})


def said(response) -> str:
    """The newest toast."""
    return [message.message for message in response.wsgi_request._messages][-1]


def test_each_ticket_has_its_own_outcome(client: Client, agent):
    solvable, closed = make.ticket(), make.ticket()
    actions.close(closed, by=Actor.agent(agent))
    response = act(client, "state:open", solvable, closed)
    solvable.refresh_from_db()
    closed.refresh_from_db()
    assert response["Location"] == "/?view=mine"
    assert (solvable.state, closed.state) == ("open", "closed")
    assert said(response) == (
        f"1 ticket changed. 1 refused (#{closed.pk}): A ticket that is “Closed” cannot become “Open”."
    )


@pytest.mark.parametrize(
    ("do", "field", "after"),
    [("assign:me", "assignee_id", None), ("priority:high", "priority", 3), ("tag", "tags", ["x"])],
)
def test_what_was_done_can_be_undone_once(client: Client, agent, do: str, field: str, after):
    tickets = [make.ticket(), make.ticket()]
    before = [getattr(ticket, field) for ticket in tickets]
    act(client, do, *tickets, tag="x")
    changed = [getattr(ticket, field) for ticket in Ticket.objects.order_by("pk")]
    assert changed == [after or agent.pk] * 2
    client.post("/bulk/undo/")
    assert [getattr(ticket, field) for ticket in Ticket.objects.order_by("pk")] == before
    act(client, do, tickets[0], tag="x")
    client.post("/bulk/undo/")
    assert said(client.post("/bulk/undo/")) == "It is too late to undo that."


def test_snoozed_together_and_woken_together(client: Client, agent):
    awake, asleep = make.ticket(), make.ticket()
    make.order(asleep.customer, status="paid")
    friday = datetime(2099, 5, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
    actions.snooze(asleep, until=friday, wakes_on="shipped", by=Actor.agent(agent))
    monday = datetime(2099, 5, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))
    act(client, f"snooze:{monday.isoformat()}", awake, asleep)
    times = Ticket.objects.order_by("pk").values_list("snoozed_until", "wakes_on")
    assert list(times) == [(monday, ""), (monday, "")]
    client.post("/bulk/undo/")
    assert list(times.all()) == [(None, ""), (friday, "shipped")]


def test_undo_leaves_what_somebody_changed_since(client: Client, agent):
    ticket, other = make.ticket(), make.user()
    act(client, "assign:me", ticket)
    actions.assign(ticket, to=other, by=Actor.agent(other))
    response = client.post("/bulk/undo/")
    ticket.refresh_from_db()
    assert ticket.assignee == other
    assert (
        said(response)
        == f"0 tickets are as they were. 1 refused (#{ticket.pk}): It has changed since: there is nothing to undo."
    )


def test_merging_keeps_the_oldest(client: Client, agent):
    first, second, third = make.ticket(), make.ticket(), make.ticket()
    act(client, "merge", third, first, second)
    assert set(Ticket.objects.exclude(merged_into=None).values_list("pk", "merged_into")) == {
        (second.pk, first.pk),
        (third.pk, first.pk),
    }
    client.post("/bulk/undo/")
    assert Ticket.objects.exclude(merged_into=None).count() == 0


def test_tickets_of_another_team_are_left_alone(client: Client, agent):
    foreign = make.ticket(team=make.team("elsewhere"))
    act(client, "spam:yes", foreign)
    foreign.refresh_from_db()
    assert foreign.spam is False


@pytest.mark.parametrize(
    "do",
    [
        "",
        "nonsense",
        "state:eaten",
        "assign:999999",
        "snooze:soon",
        "snooze:2099-05-04",
        "snooze:2099-05-04T09:00:00+00:00 foo",
        "priority:9",
        "tag",
    ],
)
def test_what_means_nothing_changes_nothing(client: Client, agent, do: str):
    ticket = make.ticket()
    response = act(client, do, ticket)
    assert response.status_code == 302
    assert Ticket.objects.get().version == ticket.version
