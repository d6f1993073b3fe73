"""/help/main/orders/: the right pair shows the order, any other tells nothing (S35)."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from faq.models import SelfServiceEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
PLACE = "/help/main/orders/"
WRONG = ("ZZ", "ZZZZ")
SAME_SITE = {"Origin": "http://testserver"}


@pytest.fixture(autouse=True)
def nobody_has_tried_yet():
    cache.clear()


@pytest.fixture
def order():
    customer = make.customer("helene@fabre.example", name="Hélène Fabre", postcode="75 011")
    items = [{"name": "Lampe Opale", "quantity": 1, "price": "119.00"}]
    return make.order(
        customer,
        number="ML-7",
        status="expédiée",
        items=items,
        tracking={"number": "6C15", "url": "javascript:alert(1)"},
    )


def ask(number: str, proof: str):
    return Client().post(PLACE, {"number": number, "proof": proof}, headers=SAME_SITE)


@pytest.mark.parametrize(
    ("number", "proof"), [("ML-7", "helene@fabre.example"), ("#ml-7", "75011"), ("ML-7 ", " 75 011")]
)
def test_the_right_pair_shows_the_order_and_counts_once_a_day(order, number, proof):
    for _ in range(2):
        answer = ask(number, proof)
        assert answer.status_code == 302
    page = Client().get(answer.url)
    assert page.status_code == 200
    assert "Lampe Opale" in page.content.decode()
    assert "javascript:" not in page.content.decode()
    assert [(one.kind, one.customer) for one in SelfServiceEntry.objects.all()] == [("order_tracked", order.customer)]


def test_what_the_carrier_says_is_told_newest_first_and_nonsense_left_out(order):
    told = [("2026-11-16T16:05:00+01:00", "Remis au transporteur"), ("2026-11-17T22:18:00+01:00", "Parti de <Lyon>")]
    nonsense = [{"at": "yesterday", "text": "x"}, {"at": "2026-11-18T10:00:00", "text": "no zone"}, "x", {}]
    order.tracking["scans"] = [*({"at": at, "text": text} for at, text in told), *nonsense]
    order.save()
    page = Client().get(ask("ML-7", "75011").url).content.decode()
    assert re.findall(r"</time><span>(.*?)</span>", page) == ["Parti de &lt;Lyon&gt;", "Remis au transporteur"]


@pytest.mark.parametrize(
    ("number", "proof"), [("ML-7", "69001"), ("ML-8", "75011"), ("ML-7", "x@fabre.example"), ("NONE", "NONE")]
)
def test_a_wrong_pair_tells_nothing(order, number, proof):
    said = [
        re.search(r'role="alert".*?</div>', ask(*pair).content.decode(), re.S)[0] for pair in (WRONG, (number, proof))
    ]
    assert said[0] == said[1]
    assert ask(number, proof).status_code == 422
    assert SelfServiceEntry.objects.count() == 0


def test_guessing_is_stopped(order, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # a flood is counted minute by minute
    assert [ask(f"ML-{n}", "75011").status_code for n in range(100, 111)] == [422] * 10 + [429]


def test_an_empty_postcode_proves_nothing():
    make.order(make.customer(name="Paul"), number="ML-9")
    assert ask("ML-9", " ").status_code == 422


def test_another_site_and_forged_links(order):
    assert (
        Client()
        .post(PLACE, {"number": "ML-7", "proof": "75011"}, headers={"Origin": "https://evil.example"})
        .status_code
        == 422
    )
    assert Client().get(f"{PLACE}{'x' * 20}/").status_code == 404
