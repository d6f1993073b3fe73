"""Views that people keep: what they hold, who sees and changes them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from tests import factories as make
from tickets.models import Complaint, Follow, Problem, Reason, SavedView, Seen, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client):
    user = make.user(first_name="Inès", last_name="Benali")
    client.force_login(user)
    return user


def shown(response) -> list[int]:
    return [row.number for row in response.context["list"].rows]


def ticket_with(**values) -> Ticket:
    ticket = make.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(**values)
    return ticket


def test_a_view_is_kept_with_its_filters_and_counted(client: Client, agent):
    mine = make.ticket(make.customer(vip=True), assignee=agent)
    make.ticket()
    asked = {"name": "My VIPs", "scope": "mine", "vip": "1", "assignee": "me", "order": "oldest"}
    response = client.post("/views/", asked)
    view = SavedView.objects.get()
    assert response["Location"] == f"/?view=v{view.pk}"
    assert (view.owner, view.filters, view.ordering) == (agent, {"assignee": ["me"], "vip": ["1"]}, "oldest")
    page = client.get(f"/?view=v{view.pk}")
    assert shown(page) == [mine.pk]
    assert [(tab.label, tab.count) for tab in page.context["list"].own_tabs] == [("My VIPs", 1)]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("channel=chat", "chat"),
        ("team=care", "care"),
        ("team=none&channel=email", "plain"),
        ("tag=gift&tag=b2b", "tagged"),
        ("priority=urgent", "urgent"),
        ("state=pending&view=all", ""),
        ("language=en&assignee=none", "english"),
    ],
)
def test_the_address_narrows_every_view(client: Client, agent, query: str, finds: str):
    care = make.team("care", agent)
    tickets = {
        "plain": ticket_with(language="fr"),
        "care": ticket_with(team=care),
        "chat": ticket_with(channel_kind="chat"),
        "tagged": ticket_with(tags=["gift"], team=care),
        "urgent": ticket_with(priority=4),
        "english": ticket_with(language="en"),
    }
    found = shown(client.get(f"/?{query}"))
    assert (tickets[finds].pk in found) if finds else found == []


@pytest.mark.parametrize(
    "query", ["opened=7", "field=gift%3Dyes", "problem=1", "followed=1", "unread=1", "complaint=1"]
)
def test_what_hangs_on_a_ticket_narrows_too_and_counts_it_once(client: Client, agent, query: str):
    wanted, *others = [make.ticket() for _n in range(3)]
    for pk in (1, 2):
        Problem.objects.create(pk=pk, shop=wanted.shop, title="Carton trop fin").tickets.add(wanted)
    Follow.objects.create(user=agent, ticket=wanted)
    Complaint.objects.create(ticket=wanted, opened_at=timezone.now())
    Ticket.objects.filter(pk=wanted.pk).update(fields={"gift": True})
    for other in others:
        Ticket.objects.filter(pk=other.pk).update(opened_at=timezone.now() - timedelta(days=8))
        Seen.objects.create(user=agent, ticket=other, at=timezone.now())
    found = client.get(f"/?{query}").context["list"]
    assert ([row.number for row in found.rows], found.total) == ([wanted.pk], 1)


def test_a_filter_in_force_is_named_in_words(client: Client, agent):
    reason = Reason.objects.create(key="late", what="Livraison", why="Transporteur en retard")
    make.team("care", agent)
    chips = client.get(f"/?reason={reason.key}&assignee=me&vip=1&priority=high&tag=gone").context["chips"]
    words = ["Assignee: me", "Tags: gone", "Reason: Livraison › Transporteur en retard", "Priority: High", "VIP"]
    assert [chip.label for chip in chips] == words


def test_orders_are_each_paged_to_the_end(client: Client, agent):
    numbers = [make.ticket().pk for _n in range(7)]
    for order in ("due", "newest", "oldest", "updated"):
        first = client.get(f"/?order={order}")
        assert sorted(shown(first)) == numbers
    assert shown(client.get("/?order=oldest")) == numbers
    assert shown(client.get("/?order=newest")) == numbers[::-1]


def test_only_leads_keep_views_for_everybody(client: Client, agent):
    refused = client.post("/views/", {"name": "All VIPs", "scope": "all", "vip": "1"})
    assert refused.status_code == 422
    assert SavedView.objects.count() == 0
    agent.role = Role.LEAD
    agent.save()
    client.post("/views/", {"name": "All VIPs", "scope": "all", "vip": "1"})
    assert SavedView.objects.get().owner is None


def test_a_view_of_somebody_else_is_not_there(client: Client, agent):
    view = SavedView.objects.create(name="private", owner=make.user())
    assert client.post(f"/views/{view.pk}/delete/").status_code == 404
    assert client.get(f"/?view=v{view.pk}").context["list"].queue.key == "open"


def test_deleting_can_be_undone(client: Client, agent):
    view = SavedView.objects.create(name="Gifts", owner=agent, filters={"tag": ["gift"]})
    client.post(f"/views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0
    client.post("/views/restore/")
    assert list(SavedView.objects.values_list("name", "owner", "filters")) == [("Gifts", agent.pk, {"tag": ["gift"]})]


def test_views_are_put_into_order(client: Client, agent):
    views = [SavedView.objects.create(name=name, owner=agent) for name in "abc"]
    client.post("/views/order/", {"order": [views[2].pk, views[0].pk, views[1].pk]})
    assert list(SavedView.objects.values_list("name", flat=True)) == ["c", "a", "b"]
    client.post("/views/order/", {"up": views[1].pk})
    assert list(SavedView.objects.values_list("name", flat=True)) == ["c", "b", "a"]


def test_the_filters_page_shows_what_is_chosen(client: Client, agent):
    page = client.get("/filters/?view=open&vip=1&state=open").content.decode()
    assert page.count('name="vip" value="1" checked') == 1
    assert page.count('name="state" value="open" checked') == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "100 % %s %(who)s", "\ue000who\ue001", '"><img src=x>'])
def test_what_customers_write_is_escaped_in_a_row(client: Client, agent, text: str):
    make.ticket(make.customer(name=text), subject=text, text=text)
    html = client.get("/").context["list"].rows[0].html
    assert "<script>" not in html
    assert "<img" not in html
    assert html.count(text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")) == 4
