"""V65: a forged, unsigned or stale call is answered 401 and leaves no row, and no secret gets into the log."""

import logging

import pytest
from django.test import Client

from channels_app.models import InboundMessage
from tests.channels_app.email.test_webhooks import PASSWORD, basic, channel, mailgun, post, postmark
from tests.mailroom import mail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "headers", [{}, basic("hook:wrong"), basic("x"), {"Authorization": "Basic ===="}, {"Authorization": "Bearer x"}]
)
def test_a_wrong_password(client: Client, headers: dict[str, str]) -> None:
    assert post(client, channel("postmark", PASSWORD), postmark(mail()), **headers) == 401
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("forge", [{"signature": "0" * 64}, {"token": "other"}, {"timestamp": "1"}, {"signature": ""}])
def test_a_wrong_signature(client: Client, forge: dict[str, str]) -> None:
    to = channel("mailgun", "key-1")
    assert client.post(f"/hooks/{to.uuid}/", mailgun("key-1", mail()) | forge).status_code == 401
    assert client.post(f"/hooks/{to.uuid}/", mailgun("key-2", mail())).status_code == 401
    assert client.post(f"/hooks/{to.uuid}/", {"body-mime": mail().decode()}).status_code == 401
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("esp", ["postmark", "mailgun", "mandrill", "mailersend", "postal", "sparkpost", "mailjet"])
def test_without_a_secret_nothing_is_taken(client: Client, esp: str) -> None:
    to = channel(esp, "")
    assert post(client, to, postmark(mail()), **basic()) == 401
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("esp", ["mandrill", "mailersend", "postal", "sparkpost", "mailjet"])
def test_every_provider_asks_for_its_proof(client: Client, esp: str) -> None:
    to = channel(esp, "c2VjcmV0")
    assert post(client, to, postmark(mail())) == 401
    assert InboundMessage.objects.count() == 0


def test_the_secret_is_never_logged(client: Client, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    to = channel("postmark", PASSWORD)
    post(client, to, postmark(mail()), **basic())
    post(client, to, postmark(mail()), **basic("hook:wrong-guess"))
    assert PASSWORD not in caplog.text
    assert "wrong-guess" not in caplog.text
