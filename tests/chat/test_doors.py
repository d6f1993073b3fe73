"""What strangers, forgers, floods and hostile pages get: a clear refusal and nothing else (V24, V25)."""

import gzip
import time
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from accounts.models import Shop
from channels_app.adapters.chat import identity, settings
from channels_app.models import Channel, InboundMessage
from customers.models import Customer, Identity
from faq.models import HelpCentre
from tests import factories as make
from tests.chat.conftest import SECRET
from tests.chat.visitor import Visitor
from tickets.models import ChatSession, Message


def claims(**changed: object) -> dict[str, object]:
    return {"id": "c-42", "email": "jasmine@example.org", "name": "Jasmine Roy", "exp": time.time() + 600} | changed


def test_the_shops_word_joins_the_customer_we_know(visitor: Visitor) -> None:
    known = make.customer("jasmine@example.org")
    answer = visitor.hello(identity=identity.sign(SECRET, claims()))
    assert (answer.status_code, answer.json()["known"]) == (200, True)
    visitor.say()
    message = Message.objects.get()
    assert (message.customer, message.verified) == (known, True)


def test_a_known_customer_finds_the_conversation_on_another_device(visitor: Visitor) -> None:
    token = identity.sign(SECRET, claims())
    visitor.hello(identity=token)
    visitor.say()
    assert len(Visitor().hello(identity=token).json()["messages"]) == 1


def test_without_the_shops_word_a_known_customer_is_a_stranger_again(visitor: Visitor) -> None:
    visitor.hello(identity=identity.sign(SECRET, claims()))
    visitor.say()
    assert Visitor(visitor.token).hello().json()["messages"] == []


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (lambda: identity.sign("another secret", claims()), "signature"),
        (lambda: identity.sign(SECRET, claims(exp=time.time() - 1)), "expired"),
        (lambda: identity.sign(SECRET, claims(exp=time.time() + 90_000)), "expired"),
        (lambda: identity.sign(SECRET, claims(exp="never")), "form"),
        (lambda: identity.sign(SECRET, claims(exp=float("nan"))), "expired"),
        (lambda: identity.sign(SECRET, claims(email="nobody")), "form"),
        (lambda: identity.sign(SECRET, claims(id="")), "form"),
        (lambda: identity.sign(SECRET, {}), "form"),
        (lambda: "x" * 5_000, "form"),
        (lambda: "é.è", "form"),
        (lambda: "a.b", "signature"),
    ],
    ids=range(11),  # made when the test begins: a token ends after minutes, and a run may take longer
)
def test_a_forged_or_expired_identity_is_refused(visitor: Visitor, token: Callable[[], str], why: str) -> None:
    answer = visitor.hello(identity=token())
    assert (answer.status_code, answer.json()) == (403, {"error": "identity", "why": why})
    assert not ChatSession.objects.exists() and not Customer.objects.exists()


def test_without_a_secret_nobody_can_be_vouched_for(chat: Channel, visitor: Visitor) -> None:
    chat.sealed = {}
    chat.save()
    assert visitor.hello(identity=identity.sign("", claims())).status_code == 403


@pytest.mark.parametrize("call", ["news", "say", "typing", "transcript"])
@pytest.mark.parametrize("token", ["", "forged", "ImFiYyI:1vMx:sig"])
def test_nothing_is_said_or_heard_without_a_token(chat: Channel, call: str, token: str) -> None:
    answer = Visitor(token).post(call, text="x", key=str(uuid.uuid4()))
    assert (answer.status_code, answer.json()) == (403, {"error": "session"})
    assert not InboundMessage.objects.exists()


def test_a_token_of_another_shop_opens_nothing(visitor: Visitor) -> None:
    visitor.hello()
    other = make.shop("other", name="Other")
    make.channel("other-chat", kind="chat", address="", of=other)
    answer = visitor.client.post("/chat/other/news/", headers={"X-Chat": visitor.token})
    assert answer.status_code == 403


def test_a_flood_is_stopped_and_nothing_of_it_is_kept(visitor: Visitor, time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(timezone.now(), tick=False)  # a flood is counted minute by minute
    visitor.hello()
    answers = [visitor.say(f"Bonjour {n}").status_code for n in range(33)]
    assert answers == [200] * 30 + [429] * 3
    assert InboundMessage.objects.count() == 30


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"key": "not a number"}, "key"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 5_001}, "text"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_bad_input_names_its_field(visitor: Visitor, fields: dict[str, str], field: str) -> None:
    answer = visitor.say(**fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not InboundMessage.objects.exists()


def test_what_a_visitor_writes_is_shown_as_text(visitor: Visitor) -> None:
    html = visitor.say("<img src=x onerror=alert(1)> javascript:alert(1)").json()["messages"][0]["html"]
    assert "<img" not in html and "&lt;img" in html and "href" not in html


def test_only_the_shops_own_sites_may_frame_the_chat(chat: Channel) -> None:
    """V25: a hostile page gets an empty frame."""
    answer = Client().get("/chat/main/")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' http://testserver https://www.maison-lune.example" in policy
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in answer.headers


def test_no_other_page_may_be_framed(chat: Channel) -> None:
    answer = Client().get("/accounts/login/")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"origins": ["https://shop.example/path"]}, "origins"),
        ({"origins": ["https://a.example; script-src *"]}, "origins"),
        ({"origins": ["*"]}, "origins"),
        ({"ask": ["password"]}, "ask"),
        ({"hide": "/checkout"}, "hide"),
        ({"browse_after": -1}, "browse_after"),
        ({"when_closed": "shrug"}, "when_closed"),
    ],
)
def test_settings_that_cannot_be_are_refused(config: dict[str, object], field: str) -> None:
    assert list(settings.check(config)) == [field]


def test_the_loader_is_small_and_sets_no_cookie(chat: Channel) -> None:
    answer = Client().get("/widget/main.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert len(gzip.compress(answer.content)) <= 3 * 1024
    assert not answer.cookies and "Set-Cookie" not in answer.headers
    assert "__CONFIG__" not in answer.content.decode()


def test_the_loader_carries_colours_and_rules(chat: Channel) -> None:
    HelpCentre.objects.create(shop=Shop.objects.get(), accent="#8b4a5f")
    chat.configure(chat.config | {"hide": ["/checkout*"], "browse_after": 30})
    chat.save()
    script = Client().get("/widget/main.js").content.decode()
    assert '"c":"#8b4a5f"' in script and '"h":["/checkout*"],"b":30' in script


def test_a_shop_without_chat_gets_an_empty_loader(db: None) -> None:
    make.shop()
    assert Client().get("/widget/main.js").content == b"// no chat\n"
    assert Client().get("/widget/nobody.js").status_code == 404


def test_hidden_outside_the_hours_when_the_shop_wants_it(chat: Channel) -> None:
    make.calendar(weekly={})
    chat.configure(chat.config | {"when_closed": "hide"})
    chat.save()
    assert "const C = null," in Client().get("/widget/main.js").content.decode()


def test_outside_the_hours_the_form_asks_for_an_address(chat: Channel) -> None:
    make.calendar(weekly={})
    page = Client().get("/chat/main/?lang=en").content.decode()
    assert 'name="email"' in page and "by e-mail, or here if you are still there" in page


def test_an_address_becomes_the_customers_only_when_it_is_nobodys(visitor: Visitor) -> None:
    visitor.say(email="new@example.org")
    assert Identity.objects.get(kind="email").value == "new@example.org"
