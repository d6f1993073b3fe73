"""The inbox: views, groups, paging, search, fragments."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from helpdesk.lib import presence
from helpdesk.lib.presence import Doing
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.views import company

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali")
    client.force_login(user)
    return user


def due_in(ticket: Ticket, delta: timedelta) -> Ticket:
    now = timezone.now()
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=now - timedelta(hours=1), due_at=now + delta)
    return ticket


def shown(response) -> list[int]:
    return [row.number for row in response.context["list"].rows]


def test_strangers_are_sent_to_the_login(client: Client):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/"


def test_the_soonest_deadline_comes_first_under_its_heading(client: Client, agent):
    later = due_in(make.ticket(), timedelta(days=3))
    late = due_in(make.ticket(), timedelta(minutes=-14))
    soon = due_in(make.ticket(), timedelta(minutes=31))
    response = client.get("/")
    assert shown(response) == [late.pk, soon.pk, later.pk]
    assert [(group.key, group.count) for group in response.context["list"].groups] == [
        ("late", 1),
        ("soon", 1),
        ("later", 1),
    ]
    assert response.context["list"].rows[0].due.words == "14 min"


def test_each_view_holds_its_tickets_and_all_counts_are_right(client: Client, agent):
    mine = make.ticket(assignee=agent)
    free = make.ticket()
    pending = make.ticket()
    solved = make.ticket()
    spam = make.ticket()
    by = Actor.agent(agent)
    actions.mark_spam(spam, by=by)
    actions.wait_for_customer(pending, by=by)
    actions.solve(solved, by=by)
    assert {*shown(client.get("/"))} == {mine.pk, free.pk}
    assert shown(client.get("/?view=mine")) == [mine.pk]
    assert shown(client.get("/?view=unassigned")) == [free.pk]
    assert shown(client.get("/?view=waiting")) == [pending.pk]
    assert shown(client.get("/?view=solved")) == [solved.pk]
    assert shown(client.get("/?view=bin")) == [spam.pk]
    assert {tab.key: tab.count for tab in client.get("/").context["list"].tabs} == {
        "open": 2,
        "mine": 1,
        "unassigned": 1,
        "mentions": 0,
        "waiting": 1,
        "snoozed": 0,
        "drafts": 0,
        "solved": None,
        "all": None,
        "bin": None,
    }


@pytest.mark.parametrize("rows", [1, 3, 30])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: Client, agent, rows: int, django_assert_num_queries, settings
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it writes a row with every request
    for _number in range(rows):
        make.ticket(assignee=agent)
    with django_assert_num_queries(QUERIES):
        assert len(shown(client.get("/"))) == rows


QUERIES = 7  # session, user with their teams, saved views, counts, colleagues, rows, teams to assign to


def test_pages_follow_each_other_without_gap_or_repeat(client: Client, agent):
    now = timezone.now()
    tickets = [make.ticket() for _ in range(55)]
    for place, ticket in enumerate(tickets[:30]):
        due_in(ticket, timedelta(minutes=place // 2))
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets[30:]]).update(due_at=None, waiting_since=None)
    first = client.get("/")
    second = client.get(first.context["list"].more)
    assert len(shown(first)) == 50
    assert sorted(shown(first) + shown(second)) == sorted(ticket.pk for ticket in tickets)
    assert second.context["list"].more == ""
    assert now < timezone.now()


def test_a_cursor_that_means_nothing_shows_the_first_page(client: Client, agent):
    ticket = make.ticket()
    assert shown(client.get("/?after=nonsense")) == [ticket.pk]
    assert shown(client.get("/?after=2026-99-99~3")) == [ticket.pk]


@pytest.mark.parametrize("words", ["#{number}", "{number}", "colis", "Roy", "who@example.org", "WHO@example.org"])
def test_search_finds_by_number_subject_name_and_address(client: Client, agent, words: str):
    ticket = make.ticket(make.customer("who@example.org"), subject="Où est mon colis ?")
    make.ticket(make.customer("other@example.org", name="Someone Else"), subject="Facture")
    assert shown(client.get("/", {"q": words.format(number=ticket.pk)})) == [ticket.pk]


def test_htmx_gets_the_fresh_list_only_and_more_rows_only(client: Client, agent):
    make.ticket()
    fresh = client.get("/", headers={"HX-Request": "true"}).content.decode()
    assert fresh.count("<html") == 0
    assert fresh.count('hx-target="#views"') == 1
    rows = client.get("/?after=2020-01-01T00:00:00%2B00:00~1", headers={"HX-Request": "true"}).content.decode()
    assert rows.count("data-row") == 1
    assert rows.count("hx-partial") == 0


def test_a_partner_sees_neither_the_tray_nor_addresses(client: Client):
    team = make.team("carriers")
    partner = make.user(role=Role.PARTNER, teams=(team,))
    ticket = make.ticket(make.customer("secret@example.org", name=""), team=team)
    make.ticket()
    client.force_login(partner)
    response = client.get("/")
    assert shown(response) == [ticket.pk]
    assert "secret@example.org" not in response.content.decode()
    assert "secret@example.org" not in client.get(f"/tickets/{ticket.pk}/").content.decode()


def test_what_a_user_may_see_changes_at_once_with_team_role_and_name(client: Client, agent):
    """The SQL of the list is kept: nothing of an earlier sight may stay in it."""
    team = make.team("returns")
    theirs, free = make.ticket(team=team), make.ticket()
    assert shown(client.get("/")) == [free.pk]
    team.members.add(agent)
    assert {*shown(client.get("/"))} == {theirs.pk, free.pk}
    assert client.get("/").context["list"].tabs[0].count == 2
    agent.role = Role.PARTNER
    agent.save()
    assert shown(client.get("/")) == [theirs.pk]
    team.members.remove(agent)
    assert shown(client.get("/")) == []
    assert client.get("/").context["list"].tabs[0].count == 0


def test_the_page_speaks_the_language_of_the_user(client: Client, agent):
    agent.language = "fr"
    agent.save()
    assert 'lang="fr"' in client.get("/").content.decode()


def test_a_row_says_that_there_is_an_open_complaint_or_a_begun_answer(client: Client, agent):
    angry, begun, plain = (make.ticket(assignee=agent) for _ in range(3))
    actions.open_complaint(angry, by=Actor.agent(agent), requested_outcome="")
    actions.save_draft(begun, user=make.user(), public=True, text="Bonjour", version=0)
    rows = {row.number: row.html for row in client.get("/").context["list"].rows}
    marks = {number: ("row__flag" in html, 'class="draft"' in html) for number, html in rows.items()}
    assert marks == {angry.pk: (True, False), begun.pk: (False, True), plain.pk: (False, False)}


def test_a_row_is_little_markup_and_draws_only_its_channel_from_the_sprite(client: Client, agent):
    """Fifty of them are sent, parsed and laid out with every page."""
    late = due_in(make.ticket(subject="Où ?"), timedelta(minutes=-14))
    actions.assign(late, to=agent, by=Actor.agent(agent))
    row = client.get("/").context["list"].rows[0].html
    assert row.count("<use ") == 1
    assert row.count("<") - row.count("</") == 16
    assert 'role="img" title="Inès Benali">IB</span>' in row  # who has it: for the eye, the pointer and the ear


def test_a_list_asks_who_else_is_at_its_tickets(client: Client, agent, django_assert_num_queries, settings):
    """Nobody hears of a ticket that they may not see, nor of themselves."""
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    sophie = make.user(first_name="Sophie", last_name="Marchetti")
    theirs, foreign, empty = make.ticket(), make.ticket(team=make.team("elsewhere")), make.ticket()
    for ticket in (theirs, foreign):
        presence.arrive(company.place(ticket.pk), sophie.pk, Doing.TYPING)
        presence.arrive(company.place(ticket.pk), agent.pk, Doing.LOOKING)
    asked = [("ticket", str(ticket.pk)) for ticket in (theirs, foreign, empty)]
    with django_assert_num_queries(4):  # session, user with teams, visible tickets, people
        page = client.get(f"/looking/?{urlencode(asked)}").content.decode()
    assert re.findall(r'data-at="(\d+)"', page) == [str(theirs.pk)]
    assert re.findall(r"(\w+) is (\w+)", page)[0] == ("Sophie", "writing")
    with django_assert_num_queries(2):
        assert client.get(f"/looking/?ticket={empty.pk}&ticket=x").content.strip() == b""
