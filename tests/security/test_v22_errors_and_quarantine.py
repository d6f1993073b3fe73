"""V22: XSS in error texts, quarantine and outbox (H1 450389 Zendesk, FreeScout GHSA-9cm3-qvj2-8hg4)."""

import re

import pytest
from django.test import Client
from lxml import html

from channels_app import inbox
from channels_app.adapters.email.receive import store_mail
from channels_app.models import InboundMessage, OutboundMessage
from tests import factories
from tests.caller import Caller
from tests.mailroom import answer, mail, receive, taken_in_as
from tests.security.vectors import VECTORS
from tickets.models import Message

pytestmark = pytest.mark.django_db
HANDLER = re.compile(r"on[a-z]+$")
OURS = {"html", "head", "body", "svg", "use", "script", "link", "meta", "title", "iframe"}


def signature(page: str) -> set[tuple[str, ...]]:
    """Each element that occurs, with the names of its attributes."""
    return {(str(one.tag), *sorted(one.attrib)) for one in html.document_fromstring(page).iter() if one.tag is not None}


@pytest.fixture
def lead() -> Client:
    client = Client()
    client.force_login(factories.user(role="lead"))
    return client


def quarantine(words: list[str]) -> None:
    for number, text in enumerate(words):
        raw = f"From: {text}\nSubject: {text}\nMessage-ID: <{number}@x.example>\n\n{text}".encode()
        stored, _new = store_mail(factories.channel(), raw, source="smtp", envelope={"mail_from": text})
        inbox.park(stored.pk, f"ValueError: {text}", final=True)


def test_the_quarantine_shows_words_not_markup(lead: Client) -> None:
    quarantine(["harmless"])
    plain = signature(lead.get("/intake/").content.decode())
    InboundMessage.objects.all().delete()
    quarantine(list(VECTORS))
    pages = [lead.get(f"/intake/?page={page}").content.decode() for page in range(1, 6)]
    assert sum(page.count("Try again") for page in pages) == len(VECTORS)
    for page in pages:
        assert {one for one in signature(page) - plain if one != ("a", "class", "href", "rel")} == set()


def test_the_raw_form_is_a_download(lead: Client) -> None:
    quarantine([VECTORS[0]])
    given = lead.get(f"/intake/{InboundMessage.objects.get().uuid}/raw/")
    assert given["Content-Type"] == "application/octet-stream"
    assert given["Content-Disposition"].startswith("attachment")
    assert (given["X-Content-Type-Options"], given["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox; frame-ancestors 'none'",
    )


def test_what_a_mail_server_answers_is_words(lead: Client) -> None:
    """Its refusal stands in the outbox and under the message: both escape it."""
    message = answer(taken_in_as(receive(mail())).ticket, "Bonjour.")
    pages = (f"/tickets/{message.ticket_id}/", "/outbox/")

    def refuse(words: str) -> list[set[tuple[str, ...]]]:
        OutboundMessage.objects.update(state="failed", error=words, subject=words, sender_name=words, text=words,
                                       to=[{"value": words, "name": words}])  # fmt: skip
        Message.objects.filter(pk=message.pk).update(delivery="failed", delivery_error=words)
        return [signature(lead.get(page).content.decode()) for page in pages]

    plain = refuse("550 no such user")
    for vector in VECTORS[::12]:
        assert refuse(vector) == plain, vector


def test_refusals_repeat_nothing_as_markup(lead: Client) -> None:
    anonymous = Client(raise_request_exception=False, REMOTE_ADDR="10.22.0.1")
    api = Caller(factories.token(factories.admin()))
    for vector in VECTORS[::12]:
        login = anonymous.post("/accounts/login/", {"login": vector, "password": vector, "next": vector})
        for given in (
            login,
            lead.get("/", {"q": vector, "view": vector, "channel": vector, "after": vector, "page": vector}),
            lead.get("/intake/", {"state": vector, "page": vector}),
            lead.get(f"/nothing/{vector.replace('?', '').replace('#', '')}/"),
            lead.post(f"/tickets/{10**6}/say/", {"text": vector, "kind": vector}),
        ):
            page = given.content.decode()
            assert given.status_code < 500
            for element in html.document_fromstring(page).iter() if page else ():
                assert not [name for name in element.attrib if HANDLER.match(name)], vector
                assert "alert(1)" not in (element.text or "") or element.tag not in ("script", "style"), vector
        told = api.get("/tickets/", state=vector, team=vector)
        assert told["Content-Type"] == "application/json"


def test_a_refused_form_shows_the_words_again_as_words(lead: Client) -> None:
    ticket = factories.ticket()
    for vector in VECTORS[::12]:
        given = lead.post(f"/tickets/{ticket.pk}/say/", {"text": vector, "kind": vector, "submission": vector})
        assert given.status_code in (200, 422)
        page = html.document_fromstring(given.content.decode())
        (area,) = page.xpath("//textarea[@id='composer-text']")
        assert area.text == vector
        assert not [one for one in page.iter() if one.tag in ("math", "object", "embed", "video", "marquee")]
