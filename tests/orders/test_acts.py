"""Cancel, return, change of address: done at once under the shop's rules, else a ticket (S34, S129)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from channels_app.models import OutboundMessage
from customers import passes
from customers.models import Order, OrderDeed, OrderRules
from faq.models import SelfServiceEntry
from tests import factories as make
from tickets import order_codes
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
PLACE = "/help/main/orders/"
SAME_SITE = {"Origin": "http://testserver"}
ELSEWHERE = "Hélène Fabre\n3 rue du Port\n69001 Lyon"


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


def bought(status: str = "processing", **fields: object) -> Order:
    """Hélène's order ML-7: a lamp and a candle."""
    customer = make.customer("helene@fabre.example", name="Hélène Fabre", postcode="75011")
    items = [{"name": "Lampe Opale", "price": "119.00"}, {"name": "Bougie Minuit", "price": "29.00"}]
    return make.order(customer, number="ML-7", status=status, items=items, **fields)


def do(order: Order, verb: str, *, proven: bool = False, **values: object):
    place = f"{PLACE}{passes.for_order(order, proven=proven)}/"
    return Client().post(f"{place}{verb}/?lang=en", values, headers=SAME_SITE)


def settled() -> list[str]:
    return [entry.kind for entry in SelfServiceEntry.objects.all()]


def test_an_order_that_has_not_left_is_cancelled_at_once_and_its_ticket_tells():
    order = bought()
    ticket = make.ticket(order.customer)
    ticket.orders.add(order)
    answer = do(order, "cancel")
    order.refresh_from_db()
    assert (answer.status_code, order.status) == (302, "cancelled")
    assert settled() == ["order_cancelled"]
    letter = OutboundMessage.objects.get(subject__contains="ML-7")  # whoever did it, the customer hears of it
    assert letter.to == [{"value": "helene@fabre.example", "name": "Hélène Fabre"}]
    event = ticket.events.get(kind="order")
    assert (event.actor, event.data) == ("customer", {"deed": "cancel", "number": "ML-7", "beyond_rules": False})
    page = Client().get(answer.url).content.decode()
    assert ("Done." in page, "Yes, cancel it" in page) == (True, False)
    assert do(order, "cancel").status_code == 422  # once only
    assert OrderDeed.objects.count() == 1


def test_an_order_that_has_left_becomes_a_ticket_that_says_it():
    order = bought("shipped")
    assert do(order, "cancel").status_code == 422
    values = {"kind": "cancel", "submission": "7", "why": "Trop tard pour l’anniversaire."}
    for _ in range(2):
        assert do(order, "ask", **values).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.customer, list(ticket.orders.all()), ticket.channel_kind) == (order.customer, [order], "form")
    assert ticket.subject == "I would like to cancel my order ML-7"
    assert "Trop tard pour l’anniversaire." in ticket.messages.get(author="customer").text
    order.refresh_from_db()
    assert (order.status, settled()) == ("shipped", [])


def test_a_return_names_its_items_and_gives_the_reference_for_the_parcel():
    order = bought("delivered")
    answer = do(order, "return", items=["Lampe Opale"], why="Trop grande")
    deed = order.deeds.get()
    assert deed.data == {"reference": "ML-7-R1", "items": ["Lampe Opale"], "why": "Trop grande"}
    assert settled() == ["return_requested"]
    assert "ML-7-R1" in Client().get(answer.url).content.decode()


@pytest.mark.parametrize("items", [[], ["Diamant"], ["Lampe Opale", "<script>"]])
def test_what_was_not_bought_is_not_sent_back(items: list[str]):
    assert do(bought("delivered"), "return", items=items).status_code == 422
    assert OrderDeed.objects.count() == 0


@pytest.mark.parametrize(("days", "status"), [(30, 302), (31, 422)])
@time_machine.travel("2026-11-22 12:00Z", tick=False)  # days of Paris, whatever the hour of this run
def test_the_days_for_a_return_count_from_the_delivery(days: int, status: int):
    now = timezone.now()
    order = bought("delivered", placed_at=now - timedelta(days=90))
    order.extra = {"at": {"delivered": (now - timedelta(days=days)).isoformat()}}
    order.save()
    assert do(order, "return", items=["Lampe Opale"]).status_code == status


def test_an_address_changes_only_for_somebody_who_has_proven_the_mailbox():
    order = bought("paid")
    assert do(order, "address", address=ELSEWHERE).status_code == 422
    assert do(order, "address", address=ELSEWHERE, proven=True).status_code == 302
    order.refresh_from_db()
    assert (order.extra["address"], settled()) == (ELSEWHERE, ["address_changed"])
    pages = [
        Client().get(f"{PLACE}{passes.for_order(order, proven=proven)}/").content.decode() for proven in (True, False)
    ]
    assert ["rue du Port" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("rules", "verb"),
    [({"cancel_until": ""}, "cancel"), ({"cancel_until": "paid"}, "cancel"), ({"address_until": "paid"}, "address")],
)
def test_the_shops_rules_decide(rules: dict[str, object], verb: str):
    order = bought("processing")
    OrderRules.objects.create(shop=order.shop, **rules)
    assert do(order, verb, proven=True, address=ELSEWHERE).status_code == 422
    assert OrderDeed.objects.count() == 0


@pytest.mark.parametrize("status", ["expédiée", "", "cancelled"])
def test_a_status_that_nobody_knows_is_left_alone(status: str):
    order = bought(status)
    assert [do(order, verb, proven=True, items=["Lampe Opale"], address=ELSEWHERE).status_code for verb in
            ("cancel", "return", "address")] == [422, 422, 422]  # fmt: skip


def test_another_site_forged_and_expired_passes_change_nothing():
    order = bought()
    token = passes.for_order(order, lasts=timedelta(seconds=-1))
    assert Client().post(f"{PLACE}{token}/cancel/").status_code == 404
    assert Client().post(f"{PLACE}forged/cancel/").status_code == 404
    good = f"{PLACE}{passes.for_order(order)}/cancel/"
    assert Client().post(good, headers={"Origin": "https://evil.example"}).status_code == 422
    make.shop("other")
    assert Client().post(good.replace("/main/", "/other/"), headers=SAME_SITE).status_code == 404
    order.refresh_from_db()
    assert order.status == "processing"


# --- A code by e-mail ------------------------------------------------------------------------------------------------


def ask_code(email: str):
    return Client().post(f"{PLACE}code/?lang=en", {"email": email}, headers=SAME_SITE)


def code_in_the_letter() -> str:
    return re.search(r"^ +(\d{6})$", OutboundMessage.objects.get().text, re.M)[1]


def test_a_code_opens_all_orders_once():
    order = bought()
    make.channel()
    order_codes.send_code(order.shop_id, "helene@fabre.example", "en")
    values = {"email": "Helene@fabre.example", "code": code_in_the_letter()}
    answer = Client().post(f"{PLACE}code/", values, headers=SAME_SITE)
    assert answer.status_code == 302
    assert "ML-7" in Client().get(answer.url).content.decode()
    assert settled() == ["order_tracked"]
    assert Client().post(f"{PLACE}code/", values, headers=SAME_SITE).status_code == 422


def test_known_and_unknown_addresses_get_the_same_words_and_only_one_a_letter():
    order = bought()
    make.channel()
    pages = [ask_code(email).content.decode() for email in ("helene@fabre.example", "nobody@fabre.example")]
    assert pages[0].replace("helene@", "nobody@") == pages[1]
    for email in ("helene@fabre.example", "nobody@fabre.example"):
        order_codes.send_code(order.shop_id, email, "en")
    assert {letter.to[0]["value"] for letter in OutboundMessage.objects.all()} == {"helene@fabre.example"}


def test_five_wrong_codes_spend_the_right_one():
    order = bought()
    make.channel()
    order_codes.send_code(order.shop_id, "helene@fabre.example", "en")
    values = {"email": "helene@fabre.example", "code": "000000"}
    right = code_in_the_letter()
    for _ in range(5):
        assert Client().post(f"{PLACE}code/", values, headers=SAME_SITE).status_code == 422
    assert Client().post(f"{PLACE}code/", values | {"code": right}, headers=SAME_SITE).status_code == 422


# --- Colleagues ------------------------------------------------------------------------------------------------------


@pytest.fixture
def agent():
    return make.user()


def act(agent, ticket: Ticket, order: Order, verb: str, **values: object):
    desk = Client()
    desk.force_login(agent)
    return desk.post(f"/tickets/{ticket.pk}/orders/{order.pk}/{verb}/", values, headers={"HX-Request": "true"})


def test_a_colleague_cancels_through_the_same_store_and_the_ticket_tells(agent):
    order = bought()
    ticket = make.ticket(order.customer)
    assert act(agent, ticket, order, "cancel").status_code == 200
    order.refresh_from_db()
    event = ticket.events.get(kind="order")
    assert (order.status, event.user, event.data["deed"], list(ticket.orders.all())) == (
        "cancelled", agent, "cancel", [order],
    )  # fmt: skip
    assert settled() == []  # nobody helped themselves


def test_a_colleague_may_go_beyond_the_rules_but_not_beyond_the_store(agent):
    order = bought("delivered", placed_at=timezone.now() - timedelta(days=90))
    ticket = make.ticket(order.customer)
    assert act(agent, ticket, order, "return", items=["Lampe Opale"]).status_code == 200
    assert (order.deeds.get().beyond_rules, ticket.events.get(kind="order").data["beyond_rules"]) == (True, True)
    refused = act(agent, ticket, order, "cancel")
    assert (refused.status_code, "no longer possible" in refused.content.decode()) == (422, True)


def test_the_order_of_another_customer_is_not_found(agent):
    order, ticket = bought(), make.ticket(make.customer("paul@example.org"))
    assert act(agent, ticket, order, "cancel").status_code == 404


def test_an_admin_sets_the_rules_of_a_shop():
    desk, shop = Client(), make.shop()
    desk.force_login(make.admin())
    assert desk.get("/settings/orders/").status_code == 200
    values = {"shop": "main", "cancel_until": "paid", "address_until": "", "return_days": "14"}
    assert desk.post("/settings/orders/save/", values).status_code == 302
    rules = OrderRules.objects.get(shop=shop)
    assert (rules.cancel_until, rules.address_until, rules.return_days) == ("paid", "", 14)
    refused = desk.post("/settings/orders/save/", values | {"return_days": "400"})
    assert (refused.status_code, OrderRules.objects.get().return_days) == (422, 14)
