import pytest

from accounts.models import Role
from customers.models import Customer, Order
from tests import factories
from tests.caller import Caller, problems

pytestmark = pytest.mark.django_db
PRIVATE = ("email", "phone", "postcode", "notes", "identities")


def test_a_customer_is_made_shown_and_changed(api: Caller) -> None:
    made = api.post("/customers/", {"email": "Zoe@Example.org", "phone": "+33612345678", "name": "Zoé"})
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["email"], shown["phone"], shown["name"], shown["vip"]) == (
        "Zoe@Example.org".lower(), "+33612345678", "Zoé", False,
    )  # fmt: skip
    changed = api.patch(f"/customers/{shown['id']}/", {"vip": True, "postcode": "75011"}).json()
    assert (changed["vip"], changed["postcode"], changed["email"]) == (True, "75011", "zoe@example.org")
    assert [one["id"] for one in api.get("/customers/", email="ZOE@example.org").json()["results"]] == [shown["id"]]
    assert [one["id"] for one in api.get("/customers/", phone="+33 612345678").json()["results"]] == [shown["id"]]
    assert [one["id"] for one in api.get("/customers/", q="zo").json()["results"]] == [shown["id"]]


def test_an_address_has_one_customer(api: Caller) -> None:
    factories.customer("j@example.org")
    answer = api.post("/customers/", {"email": "J@example.org"})
    assert (answer.status_code, problems(answer)) == (409, [("exists", "email")])
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "email"),
        ({"email": "x"}, "email"),
        ({"phone": "123"}, "customer.phone"),
        ({"email": "a@b.fr", "key": "k"}, "key"),
    ],
)
def test_a_wrong_customer_leaves_nothing(api: Caller, body: dict[str, object], attr: str) -> None:
    answer = api.post("/customers/", body)
    assert (answer.status_code, [found for _code, found in problems(answer)]) == (400, [attr])
    assert Customer.objects.count() == 0


def test_partners_see_no_way_to_reach_anybody() -> None:
    care = factories.team("care")
    customer = factories.customer("hidden@example.org", name="Zoé", postcode="75011", notes="06 12 34")
    ticket = factories.ticket(customer, team=care)
    factories.message(ticket)
    factories.order(customer)
    partner = Caller(factories.token(factories.user(role=Role.PARTNER, teams=(care,))))
    shown = partner.get(f"/customers/{customer.pk}/").json()
    assert [shown[name] for name in PRIVATE] == [None] * 5
    for path in ("/customers/", f"/tickets/{ticket.pk}/", f"/tickets/{ticket.pk}/messages/", "/orders/", "/tickets/",
                 "/search/?q=Zo"):  # fmt: skip
        answer = partner.get(path)
        assert answer.status_code == 200
        assert b"hidden@example.org" not in answer.content
        assert b"75011" not in answer.content
    for query in ({"email": "hidden@example.org"}, {"phone": "+33612345678"}):
        assert partner.get("/customers/", **query).json()["results"] == []
    assert partner.get("/tickets/", q="hidden@").json()["results"] == []
    assert partner.get("/tickets/", customer="hidden@example.org").json()["results"] == []
    assert partner.get("/search/", q="hidden@").json()["customers"] == []


def test_orders(api: Caller) -> None:
    customer = factories.customer()
    factories.shop()
    body = {
        "shop": "main", "customer": customer.pk, "number": "1001", "placed_at": "2026-07-01T10:00:00+02:00",
        "total": "59.90", "currency": "EUR",
        "items": [{"sku": "K2", "name": "Clavier", "quantity": 1, "price": "59.90"}],
    }  # fmt: skip
    made = api.post("/orders/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["total"], made.json()["customer"]["id"]) == ("59.90", customer.pk)
    assert api.post("/orders/", body).status_code in (400, 409)
    changed = api.patch(f"/orders/{made.json()['id']}/", {"status": "delivered", "tracking": {"number": "6A1"}})
    assert (changed.json()["status"], changed.json()["tracking"]) == ("delivered", {"number": "6A1"})
    assert [one["number"] for one in api.get("/orders/", customer=customer.pk).json()["results"]] == ["1001"]
    wrong = api.post("/orders/", body | {"number": "2", "items": [{"colour": 1}], "total": "1e400"})
    assert {attr for _code, attr in problems(wrong)} == {"items", "total"}
    assert Order.objects.count() == 1


def test_search_puts_the_nearest_first_and_shows_only_what_is_yours(api: Caller) -> None:
    foreign = factories.ticket(subject="La théière bleue", team=factories.team("orders"))
    exact = factories.ticket(subject="théière")
    said = factories.ticket(subject="Autre", text="ma théière est fêlée")
    order = factories.order(exact.customer, number="TH-77")
    found = api.get("/search/", q="théière").json()
    assert [one["number"] for one in found["tickets"]] == [exact.pk, foreign.pk, said.pk]
    assert found["articles"] == []
    assert api.get("/search/", q=f"#{said.pk}").json()["tickets"][0]["number"] == said.pk
    assert [one["id"] for one in api.get("/search/", q="th-77").json()["orders"]] == [order.pk]
    email = foreign.customer.identities.get().value
    assert [one["id"] for one in api.get("/search/", q=email).json()["customers"]] == [foreign.customer_id]
    agent = Caller(factories.token(factories.user()))
    assert [one["number"] for one in agent.get("/search/", q="théière").json()["tickets"]] == [exact.pk, said.pk]
    assert agent.get("/search/", q=email).json() == {"tickets": [], "customers": [], "orders": [], "articles": []}
    for query in ({}, {"q": ""}, {"q": "x", "page": "2"}):
        assert api.get("/search/", **query).status_code == 400
