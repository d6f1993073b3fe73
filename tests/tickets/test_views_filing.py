"""The menus of the head: reason, snooze, follow, escalate, spam, bin, merge; and the way back from a step."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Presence, Role
from tests import factories as make
from tickets import actions
from tickets.actors import Actor
from tickets.models import BlockedSender, DeskSettings, Event, Follow, Reason, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(client: Client):
    user = make.user(role=Role.LEAD, presence=Presence.ONLINE)
    client.force_login(user)
    return user


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def undo_of(body: str) -> str:
    return re.search(r'action="(/tickets/\d+/undo/\d+/)\?until=', body)[1]


def test_a_reason_is_chosen_and_taken_off(client: Client, agent):
    ticket, reason = make.ticket(), Reason.objects.create(key="late", what="Delivery", why="Late carrier")
    assert client.post(f"/tickets/{ticket.pk}/reason/", {"to": reason.pk}).status_code == 302
    assert fresh(ticket).reason == reason
    client.post(f"/tickets/{ticket.pk}/reason/", {"to": ""})
    assert fresh(ticket).reason is None


def test_an_archived_reason_is_not_offered(client: Client, agent):
    ticket = make.ticket()
    reason = Reason.objects.create(key="old", what="Delivery", why="By coach", archived=True)
    client.post(f"/tickets/{ticket.pk}/reason/", {"to": reason.pk})
    assert fresh(ticket).reason is None


def test_solving_without_a_reason_leads_to_the_menu(client: Client, agent):
    ticket = make.ticket()
    DeskSettings.objects.update_or_create(shop=ticket.shop, defaults={"reason_required": True})
    answer = client.post(f"/tickets/{ticket.pk}/solve/")
    assert answer["Location"] == f"/tickets/{ticket.pk}/?need=reason"
    assert client.get(answer["Location"]).content.decode().count('class="banner banner--warn" role="alert"') == 1


@pytest.mark.parametrize("fields", [{"wakes_on": "shipped"}, {"at": "2999-01-01T09:00"}])
def test_a_snooze_ends_by_hand(client: Client, agent, fields):
    ticket = make.ticket()
    make.order(ticket.customer, status="paid")
    client.post(f"/tickets/{ticket.pk}/snooze/", fields)
    assert (fresh(ticket).snoozed_until > timezone.now(), fresh(ticket).wakes_on) == (True, fields.get("wakes_on", ""))
    client.post(f"/tickets/{ticket.pk}/wake/")
    assert fresh(ticket).snoozed_until is None


@pytest.mark.parametrize(
    "fields", [{}, {"at": "2001-01-01T09:00"}, {"until": "soon"}, {"wakes_on": "stolen"}, {"wakes_on": "shipped"}]
)
def test_an_impossible_snooze_changes_nothing(client: Client, agent, fields):
    ticket = make.ticket()
    body = client.post(f"/tickets/{ticket.pk}/snooze/", fields, headers=HTMX).content.decode()
    assert body.count("toast--bad") == 1
    assert fresh(ticket).version == ticket.version


def test_what_is_done_at_the_desk_carries_the_id_of_its_request(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/take/", headers={"X-Request-ID": "from-the-desk-1"})
    assert ticket.events.latest("pk").request_id == "from-the-desk-1"


def test_following(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/follow/")
    assert Follow.objects.filter(ticket=ticket, user=agent).count() == 1
    client.post(f"/tickets/{ticket.pk}/unfollow/")
    assert Follow.objects.count() == 0


def test_escalating_tells_the_next_higher_person(client: Client):
    client.force_login(make.user())
    lead, ticket = make.user(role=Role.LEAD, presence=Presence.ONLINE), make.ticket()
    client.post(f"/tickets/{ticket.pk}/escalate/", {"why": "Refund above my limit"})
    event = ticket.events.get(kind="escalated")
    assert (event.data["to"], event.data["why"]) == (lead.pk, "Refund above my limit")


def test_spam_blocking_and_the_way_back(client: Client, agent):
    ticket = make.ticket(make.customer("pest@spam.example"))
    body = client.post(f"/tickets/{ticket.pk}/spam/", headers=HTMX).content.decode()
    assert fresh(ticket).spam
    client.post(undo_of(body))
    assert not fresh(ticket).spam
    body = client.post(f"/tickets/{ticket.pk}/block/", headers=HTMX).content.decode()
    assert (fresh(ticket).spam, BlockedSender.objects.get().value) == (True, "pest@spam.example")
    client.post(undo_of(body))
    assert (fresh(ticket).spam, BlockedSender.objects.count()) == (False, 0)


def test_a_colleagues_block_stays_when_their_step_is_undone(client: Client, agent):
    ticket, lead = make.ticket(make.customer("pest@spam.example")), make.user(role="lead")
    other = Client()
    other.force_login(lead)
    other.post(f"/tickets/{ticket.pk}/block/")
    client.post(f"/tickets/{ticket.pk}/undo/{ticket.events.get(kind='spam').pk}/")
    assert (fresh(ticket).spam, BlockedSender.objects.count()) == (False, 1)


@pytest.mark.parametrize("step", ["assign", "take"])
def test_assigning_is_undone_once(client: Client, agent, step: str):
    first, second = make.user(), make.user()
    ticket = actions.assign(make.ticket(), to=first, by=Actor.agent(agent))
    body = client.post(f"/tickets/{ticket.pk}/{step}/", {"to": second.pk}, headers=HTMX).content.decode()
    assert fresh(ticket).assignee in (second, agent)
    for _time in range(2):
        client.post(undo_of(body))
    assert fresh(ticket).assignee == first


def test_what_changed_nothing_offers_no_way_back_from_the_step_before(client: Client, agent):
    ticket = actions.assign(make.ticket(), to=agent, by=Actor.agent(agent))
    body = client.post(f"/tickets/{ticket.pk}/take/", headers=HTMX).content.decode()
    assert (body.count("is yours"), body.count("/undo/")) == (1, 0)


def test_a_colleagues_step_can_be_undone_but_only_on_its_own_ticket(client: Client, agent):
    ticket = actions.assign(make.ticket(), to=agent, by=Actor.agent(make.user()))
    event = Event.objects.get(ticket=ticket, kind="assigned")
    assert client.post(f"/tickets/{make.ticket().pk}/undo/{event.pk}/").status_code == 404
    client.post(f"/tickets/{ticket.pk}/undo/{event.pk}/")
    assert fresh(ticket).assignee is None


def test_the_bin_is_for_leads(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/delete/")
    assert fresh(ticket).deleted_at
    client.post(f"/tickets/{ticket.pk}/restore/")
    assert fresh(ticket).deleted_at is None
    client.force_login(make.user())
    assert client.post(f"/tickets/{ticket.pk}/delete/").status_code == 403


def test_merging_shows_both_then_merges_and_comes_apart_again(client: Client, agent):
    customer = make.customer()
    ticket, stays = make.ticket(customer, subject="Second mail"), make.ticket(customer, subject="First mail")
    offered = client.get(f"/tickets/{ticket.pk}/merge/").content.decode()
    assert offered.count(f'href="?into={stays.pk}"') == 1
    preview = client.get(f"/tickets/{ticket.pk}/merge/?into={stays.pk}").content.decode()
    assert preview.count('class="card compare__one"') == 2
    client.post(f"/tickets/{ticket.pk}/merge/now/", {"into": stays.pk})
    assert fresh(ticket).merged_into == stays
    client.post(f"/tickets/{ticket.pk}/unmerge/")
    assert fresh(ticket).merged_into is None


def test_a_ticket_out_of_reach_cannot_be_merged_into(client: Client, agent):
    ticket, foreign = make.ticket(), make.ticket(team=make.team("secret"))
    assert client.post(f"/tickets/{ticket.pk}/merge/now/", {"into": foreign.pk}).status_code == 404
    assert client.get(f"/tickets/{ticket.pk}/merge/?into={foreign.pk}").status_code == 404


def test_claiming_opens_the_most_urgent_of_nobody(client: Client, agent):
    ticket = make.ticket(at=timezone.now() - timedelta(hours=1))
    assert client.post("/tickets/claim/")["Location"] == f"/tickets/{ticket.pk}/"
    assert fresh(ticket).assignee == agent
    assert client.post("/tickets/claim/")["Location"] == "/"


def test_splitting_a_message_off_goes_to_the_new_ticket(client: Client, agent):
    ticket = make.ticket()
    second = make.message(ticket, text="Something else")
    answer = client.post(f"/messages/{second.pk}/split/")
    made = Ticket.objects.exclude(pk=ticket.pk).get()
    assert answer["Location"] == f"/tickets/{made.pk}/"


def test_undo_of_a_second_snooze_brings_the_first_one_back(client: Client, agent):
    ticket, by = make.ticket(), Actor.agent(agent)
    make.order(ticket.customer, status="paid")
    friday, monday = (timezone.now() + timedelta(days=days) for days in (3, 6))
    actions.snooze(ticket, until=friday, wakes_on="shipped", by=by)
    actions.snooze(ticket, until=monday, by=by)
    client.post(f"/tickets/{ticket.pk}/undo/{ticket.events.filter(kind='snoozed').latest('pk').pk}/")
    assert (fresh(ticket).snoozed_until, fresh(ticket).wakes_on) == (friday, "shipped")


def test_nobody_undoes_a_leads_bin_without_the_right_to_it(client: Client, agent):
    ticket = actions.delete(make.ticket(), by=Actor.agent(agent))
    client.force_login(make.user())
    answer = client.post(f"/tickets/{ticket.pk}/undo/{ticket.events.get(kind='deleted').pk}/")
    assert (answer.status_code, fresh(ticket).deleted_at is None) == (403, False)
