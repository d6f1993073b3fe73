"""What somebody has to do: listed by whose it is and when it is due, ticked off once, shown on its ticket."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories as make
from tickets import actions, reactions, rules
from tickets.actors import SYSTEM
from tickets.models import Notification, Rule, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(client: Client):
    user = make.user(teams=(make.team("care"),))
    client.force_login(user)
    return user


def task(ticket, title, **fields):
    return actions.set_task(ticket, by=SYSTEM, title=title, **fields)


def titles(client, show):
    page = client.get(f"/tasks/?show={show}")
    return [one.task.title for one in page.context["to_do"]]


def test_the_next_due_first_mine_my_teams_or_all(client, ines):
    now, ticket = timezone.now(), make.ticket()
    task(ticket, "Some day", user=ines)
    task(ticket, "Later", user=ines, due_at=now + timedelta(days=2))
    task(ticket, "Soon", user=ines, due_at=now + timedelta(hours=1))
    task(ticket, "My team's", team=make.team("care"), due_at=now + timedelta(hours=3))
    task(make.ticket(assignee=ines), "On my ticket", due_at=now + timedelta(hours=4))
    task(ticket, "Theirs", user=make.user(), due_at=now)
    assert titles(client, "mine") == ["Soon", "My team's", "On my ticket", "Later", "Some day"]
    assert titles(client, "all") == ["Theirs", "Soon", "My team's", "On my ticket", "Later", "Some day"]
    assert titles(client, "done") == []


def test_it_is_ticked_off_once_and_says_so_on_the_ticket(client, ines):
    ticket = make.ticket()
    call = task(ticket, "Call back", user=ines)
    for _press in range(2):
        answer = client.post(f"/tasks/{call.pk}/done/", {"outcome": "Reached her", "back": f"/tickets/{ticket.pk}/"})
        assert answer["Location"] == f"/tickets/{ticket.pk}/"
    call.refresh_from_db()
    assert (call.done_by, call.outcome) == (ines, "Reached her")
    assert list(ticket.events.filter(kind="task").order_by("pk").values_list("data__done", flat=True)) == [False, True]
    assert (titles(client, "mine"), titles(client, "done")) == ([], ["Call back"])


def test_a_task_is_written_down_beside_its_ticket_and_shown_there(client, ines):
    ticket = make.ticket()
    answer = client.post(f"/tickets/{ticket.pk}/tasks/", {"title": "Send the gift", "due_at": "2030-01-02T10:00"})
    assert answer.status_code == 302
    assert (Task.objects.get().user, Task.objects.get().due_at.year) == (ines, 2030)
    assert "Send the gift" in client.get(f"/tickets/{ticket.pk}/").content.decode()
    wrong = client.post(f"/tickets/{ticket.pk}/tasks/", {"title": "x", "due_at": "tomorrow-ish"})
    assert (wrong.status_code, Task.objects.count()) == (422, 1)


def test_a_rule_makes_one_and_its_owner_hears_of_it(client, ines):
    steps = [{"do": "task", "title": "Call {{ customer.first_name }}", "to": ines.email, "seconds": 3600}]
    rules.define(Rule(name="Call VIPs"), by=None, when={"event": "opened"}, steps=steps)
    ticket = make.ticket()
    while reactions.sweep():
        pass
    made = Task.objects.get()
    assert (made.title, made.user, made.ticket) == ("Call Jasmine", ines, ticket)
    assert Notification.objects.get(user=ines, kind="task").ticket == ticket
    assert titles(client, "mine") == ["Call Jasmine"]


def test_nobody_sees_or_ticks_off_what_belongs_to_others_tickets(client, ines):
    hidden = make.ticket(team=make.team("orders"), assignee=make.user(teams=(make.team("orders"),)))
    theirs = task(hidden, "Secret")
    assert titles(client, "all") == []
    assert client.post(f"/tasks/{theirs.pk}/done/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.done_at is None


def test_the_list_costs_the_same_for_one_three_and_thirty(client, ines):
    counts = []
    for more in (1, 2, 27):
        for number in range(more):
            task(make.ticket(), f"Task {number}", user=ines)
        with CaptureQueriesContext(connection) as found:
            client.get("/tasks/")
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2]
