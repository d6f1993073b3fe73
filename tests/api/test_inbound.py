import uuid

import pytest
from django.conf import LazySettings
from django.http import HttpResponse

from channels_app.models import InboundMessage
from tests import factories
from tests.caller import Caller, problems
from tickets.intake import take_in
from tickets.models import Ticket

MAIL = (
    b"From: Jasmine <j@example.org>\r\nTo: support@maison-lune.example\r\n"
    b"Subject: Colis\r\nMessage-ID: <1@x>\r\n\r\nBonjour\r\n"
)
pytestmark = pytest.mark.django_db


def deliver(api: Caller, mail: bytes = MAIL, channel: str = "support") -> HttpResponse:
    return api.raw("POST", f"/inbound/email/?channel={channel}", mail, "message/rfc822")


def test_a_mail_is_stored_once_and_followed(api: Caller) -> None:
    factories.channel()
    first, second = deliver(api), deliver(api)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json() == {"id": first.json()["id"], "duplicate": True}
    assert first.json()["duplicate"] is False
    stored = InboundMessage.objects.get()
    assert (bytes(stored.raw), stored.source) == (MAIL, "api")
    fate = api.get(f"/inbound/{stored.uuid}/").json()
    assert fate == {"state": "stored", "ticket": None, "message": None, "error": None}
    take_in(stored.pk)
    ticket = Ticket.objects.get()
    fate = api.get(f"/inbound/{stored.uuid}/").json()
    assert fate == {"state": "processed", "ticket": ticket.pk, "message": ticket.messages.get().pk, "error": None}


def test_who_may_follow_a_mail(api: Caller) -> None:
    factories.channel()
    agent = Caller(factories.token(factories.user(), "inbound"))
    other = Caller(factories.token(factories.user(), "inbound"))
    path = f"/inbound/{deliver(agent).json()['id']}/"
    assert [caller.get(path).status_code for caller in (agent, api, other)] == [200, 200, 404]
    assert other.get(path).content == other.get(f"/inbound/{uuid.uuid4()}/").content


def test_what_cannot_be_delivered(api: Caller, settings: LazySettings) -> None:
    factories.channel()
    assert problems(deliver(api, channel="none")) == [("does_not_exist", "channel")]
    assert problems(api.raw("POST", "/inbound/email/?chanel=x", MAIL, "message/rfc822")) == [("unknown", "chanel")]
    assert problems(deliver(api, b"")) == [("required", "body")]
    assert api.raw("POST", "/inbound/email/?channel=support", MAIL, "text/plain").status_code == 415
    settings.MAIL_MAX_BYTES = 200
    assert deliver(api, MAIL + b"x" * 200).status_code == 413
    assert InboundMessage.objects.count() == 0


def test_the_only_mail_channel_need_not_be_named(api: Caller) -> None:
    factories.channel()
    assert api.raw("POST", "/inbound/email/", MAIL, "message/rfc822").status_code == 202
