"""The panel beside a conversation: the customer, what they want, the problems; and /problems/."""

import re

import pytest
from django.test import Client

from accounts.models import Role
from customers.models import Customer, Identity
from tests import factories as make
from tests.faq.makers import article
from tickets import actions
from tickets.actors import Actor
from tickets.models import CustomField, EventKind, Message, Problem, Reason, Ticket
from tickets.views.reading import Reading
from tickets.views.side import _paid_by, contacts_about

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(client: Client):
    user = make.user()
    client.force_login(user)
    return user


def about(**fields):
    return {"name": "Claire Roy", "language": "fr", "postcode": "75011", "timezone": "Indian/Reunion"} | fields


def test_a_customer_is_edited_in_place(client: Client, agent):
    ticket = make.ticket()
    body = client.post(f"/tickets/{ticket.pk}/customer/", about(vip="on"), headers=HTMX).content.decode()
    customer = Customer.objects.get(pk=ticket.customer_id)
    assert (customer.name, customer.vip, customer.timezone) == ("Claire Roy", True, "Indian/Reunion")
    assert body.count(" in Reunion") == 1
    assert ticket.events.get(kind=EventKind.CUSTOMER).data == {
        "fields": ["name", "language", "postcode", "timezone", "vip"]
    }


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("wrong", [{"timezone": "Moon/Tranquillity"}, {"language": "xx"}, {"name": "x" * 201}])
def test_what_cannot_be_comes_back_as_422(client: Client, agent, wrong, headers):
    ticket = make.ticket()
    assert client.post(f"/tickets/{ticket.pk}/customer/", about(**wrong), headers=headers).status_code == 422
    assert Customer.objects.get(pk=ticket.customer_id).postcode == ""


def test_the_panel_says_how_many_there_are_and_leads_to_all_of_them(client: Client, agent):
    customer = make.customer("jasmine@example.org", name="Jasmine Roy")
    for _number in range(12):
        make.ticket(customer)
        make.order(customer)
    make.ticket(make.customer("jasmine.roy@example.org", name="Jasmine Roy"))  # somebody else
    page = client.get(f"/tickets/{customer.tickets.first().pk}/").content.decode()
    assert re.findall(r'<h3>(?:History|Orders)</h3> <span class="quiet num">(\d+)</span>', page) == ["12", "12"]
    everything = f"/?view=all&amp;customer={customer.pk}"
    assert f'href="{everything}"' in page
    listed = client.get(everything.replace("&amp;", "&")).content.decode()
    assert (listed.count("data-row"), listed.count("Customer: Jasmine Roy")) == (12, 1)
    assert (
        f'name="customer" value="{customer.pk}" checked'
        in client.get(f"/filters/?customer={customer.pk}").content.decode()
    )


def test_twins_are_offered_compared_merged_and_taken_apart(client: Client, agent):
    ticket = make.ticket(make.customer("claire@example.org", name="Claire Roy", postcode="75011"))
    twin = make.ticket(make.customer("c.roy@example.org", name="claire roy", postcode="75011")).customer
    page = client.get(f"/tickets/{ticket.pk}/").content.decode()
    compare = f"/tickets/{ticket.pk}/customer/compare/?other={twin.pk}"
    assert page.count(f'href="{compare}"') == 1
    assert client.get(compare).content.decode().count('class="card compare__one"') == 2
    client.post(f"/tickets/{ticket.pk}/customer/merge/", {"other": twin.pk})
    assert sorted(ticket.customer.identities.values_list("value", flat=True)) == [
        "c.roy@example.org",
        "claire@example.org",
    ]
    assert Ticket.objects.filter(customer=ticket.customer).count() == 2
    client.post(f"/tickets/{ticket.pk}/customer/unmerge/", {"other": twin.pk})
    assert Ticket.objects.filter(customer=twin).count() == 1


def test_a_customer_of_another_team_is_not_there(client: Client, agent):
    ticket, foreign = make.ticket(), make.ticket(team=make.team("secret")).customer
    assert client.post(f"/tickets/{ticket.pk}/customer/merge/", {"other": foreign.pk}).status_code == 404
    assert Identity.objects.filter(customer=foreign).count() == 1


def test_a_partner_neither_edits_nor_compares(client: Client):
    team = make.team("care")
    client.force_login(make.user(role=Role.PARTNER, teams=(team,)))
    ticket = make.ticket(team=team)
    assert client.post(f"/tickets/{ticket.pk}/customer/", about()).status_code == 403
    assert client.get(f"/tickets/{ticket.pk}/customer/compare/").status_code == 403


def test_what_the_customer_wants_and_the_shops_own_fields(client: Client, agent):
    ticket = make.ticket()
    CustomField.objects.create(key="batch", label="Batch", kind="number")
    url = f"/tickets/{ticket.pk}/request/"
    client.post(url, {"wants": "A new lamp", "field-batch": "12"})
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.requested_outcome, fresh.fields) == ("A new lamp", {"batch": 12.0})
    answer = client.post(url, {"wants": "Money", "field-batch": "twelve"}, headers=HTMX)
    assert (answer.status_code, answer.content.decode().count("Expected a number.")) == (422, 1)
    client.post(url, {"wants": "", "field-batch": ""})
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.requested_outcome, fresh.fields) == ("", {})


def test_only_the_method_and_four_digits_of_a_payment_are_shown():
    shown = [_paid_by(one) for one in ({"method": "Visa", "last4": "4242424242424242"}, {"method": "PayPal"}, "x")]
    assert shown == ["Visa •••• 4242", "PayPal", ""]


def test_contacts_about_one_thing_count_those_merged_in(agent):
    ticket, other = make.ticket(), make.ticket()
    make.message(ticket)
    actions.merge(other, into=ticket, by=Actor.agent(agent))
    assert len(contacts_about(Reading(Ticket.objects.get(pk=ticket.pk), agent))) == 3


def test_the_second_ticket_of_a_reason_is_offered_the_problem(client: Client, agent):
    reason = Reason.objects.create(key="late", what="Delivery", why="Late carrier")
    first, second = (actions.choose_reason(make.ticket(), to=reason, by=Actor.agent(agent)) for _ in range(2))
    client.post(f"/tickets/{first.pk}/problem/report/", {"title": "The carrier strikes"})
    problem = Problem.objects.get()
    assert client.get(f"/tickets/{second.pk}/").content.decode().count("The carrier strikes</span>") == 1
    client.post(f"/tickets/{second.pk}/problem/link/", {"problem": problem.pk})
    assert set(problem.tickets.all()) == {first, second}
    client.post(f"/tickets/{second.pk}/problem/unlink/", {"problem": problem.pk})
    assert set(problem.tickets.all()) == {first}


def test_reporting_a_known_title_links_the_ticket_to_that_problem(client: Client, agent):
    first, second = make.ticket(), make.ticket()
    client.post(f"/tickets/{first.pk}/problem/report/", {"title": "Lids crack"})
    assert '<option value="Lids crack">' in client.get(f"/tickets/{second.pk}/").content.decode()
    for _again in range(2):
        client.post(f"/tickets/{second.pk}/problem/report/", {"title": "lids  crack"})
    assert set(Problem.objects.get().tickets.all()) == {first, second}


def test_a_problem_outlives_its_tickets_and_closes_only_when_fixed(client: Client, agent):
    ticket = make.ticket()
    client.post(f"/tickets/{ticket.pk}/problem/report/", {"title": "Coupons refused"})
    problem = Problem.objects.get()
    client.post(f"/tickets/{ticket.pk}/solve/")
    client.post(f"/problems/{problem.pk}/close/")
    assert Problem.objects.get().state == "open"
    client.post(f"/problems/{problem.pk}/fixed/")
    client.post(f"/problems/{problem.pk}/close/")
    assert Problem.objects.get().state == "closed"
    client.post(f"/problems/{problem.pk}/reopen/")
    assert (Problem.objects.get().state, Problem.objects.get().fixed_at) == ("open", None)


def test_a_problem_begins_the_banner_that_tells_all_customers(client: Client, agent):
    problem = actions.open_problem(shop=make.shop(), title="Coupons « été » refused", by=Actor.agent(agent))
    address = "/settings/articles/banners/?shop=main&amp;title=Coupons+%C2%AB+%C3%A9t%C3%A9+%C2%BB+refused"
    assert address not in client.get(f"/problems/{problem.pk}/").content.decode()
    client.force_login(make.user("lead@example.org", role=Role.LEAD))
    assert address in client.get(f"/problems/{problem.pk}/").content.decode()
    page = client.get(address.replace("&amp;", "&")).content.decode()
    assert 'value="Coupons « été » refused"' in page


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_board_costs_the_same_for_any_number(client: Client, agent, count, django_assert_num_queries, settings):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    make.ticket()
    for number in range(count):
        Problem.objects.create(shop=make.shop(), title=f"Problem {number}", owner=agent)
    client.get("/problems/")
    with django_assert_num_queries(BOARD):
        body = client.get("/problems/").content.decode()
    assert body.count('class="is-subject"') == count


BOARD = 11


def test_a_problem_shows_only_tickets_within_reach(client: Client, agent):
    foreign = make.ticket(subject="Out of reach", team=make.team("secret"))
    by = Actor.agent(make.user())
    problem = actions.open_problem(shop=foreign.shop, title="Coupons refused", by=by, tickets=(foreign,))
    body = client.get(f"/problems/{problem.pk}/").content.decode()
    assert (body.count("Out of reach"), body.count("<span>0 tickets</span>")) == (0, 1)


def test_a_problem_is_described_better(client: Client, agent):
    problem = Problem.objects.create(shop=make.shop(), title="Coupons")
    fields = {"title": "Coupons refused", "shop": problem.shop_id, "owner": agent.pk}
    assert client.post(f"/problems/{problem.pk}/save/", fields).status_code == 302
    assert (Problem.objects.get().title, Problem.objects.get().owner) == ("Coupons refused", agent)
    assert client.post(f"/problems/{problem.pk}/save/", {"title": ""}).status_code == 422


def test_the_products_of_an_order_come_with_their_answers(client: Client, agent):
    ticket = make.ticket(language="fr")
    items = [{"sku": "SEL-LB", "name": "Lampe Sélène", "quantity": 1, "price": "159.00"}, {"name": "Emballage"}]
    make.order(ticket.customer, items=items)
    about, other = article("Quelle ampoule ?", skus=["SEL-LB"]), article("Laver le lin", skus=["LIN-1"])
    body = client.get(f"/tickets/{ticket.pk}/").content.decode()
    counts = [body.count(f"/{one.pk}-{one.translations.get().slug}/") for one in (about, other)]
    assert counts == [1, 0]


def test_the_fourth_contact_about_one_thing_says_when_the_others_were(client: Client, agent):
    ticket, earlier = make.ticket(), make.ticket()
    actions.merge(earlier, into=ticket, by=Actor.agent(agent))
    make.message(ticket)
    assert "contacts about this" not in client.get(f"/tickets/{ticket.pk}/").content.decode()
    make.message(ticket)
    body = client.get(f"/tickets/{ticket.pk}/").content.decode()
    told = [f"/tickets/{one.ticket_id}/#message-{one.pk}" for one in Message.objects.filter(author="customer")]
    assert ("4 contacts about this" in body, [body.count(f'<a href="{url}"') for url in told]) == (True, [1] * 4)
