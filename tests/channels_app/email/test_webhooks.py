import base64
import hashlib
import hmac
import json
import time

import pytest
from django.test import Client

from channels_app.models import Channel, InboundMessage
from tests import factories
from tests.mailroom import JASMINE, SUPPORT, mail, taken_in_as, work

pytestmark = pytest.mark.django_db
PASSWORD = "hook:long-and-random"


def channel(esp: str, secret: str) -> Channel:
    made = factories.channel()
    made.configure({"address": made.address, "esp": esp, "secret": secret})
    made.save()
    return made


def post(client: Client, to: Channel, body: object, **headers: str) -> int:
    return client.post(
        f"/hooks/{to.uuid}/", json.dumps(body), content_type="application/json", headers=headers
    ).status_code


def basic(password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(password.encode()).decode()}


def postmark(raw: bytes | None = None) -> dict[str, object]:
    return {
        "FromFull": {"Email": JASMINE, "Name": "Jasmine Roy"},
        "ToFull": [{"Email": SUPPORT, "Name": ""}],
        "OriginalRecipient": SUPPORT,
        "Subject": "Où est mon colis ?",
        "MessageID": "22c74902-a0c1-4511-804f2-341342852c90",
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{JASMINE}>"},
            {"Name": "Message-ID", "Value": "<pm1@example.org>"},
        ],
        "TextBody": "Bonjour, où est mon colis ?",
    } | ({"RawEmail": raw.decode()} if raw else {})


def mailgun(key: str, raw: bytes) -> dict[str, str]:
    stamp, token = str(int(time.time())), "t" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "timestamp": stamp,
        "token": token,
        "signature": signature,
        "sender": JASMINE,
        "recipient": SUPPORT,
        "body-mime": raw.decode(),
    }


def test_a_proven_mail_becomes_one_ticket(client: Client) -> None:
    to = channel("postmark", PASSWORD)
    assert post(client, to, postmark(mail(message_id="pm1@example.org")), **basic()) == 200
    assert post(client, to, postmark(), **basic()) == 200
    work()
    first, built = [taken_in_as(row) for row in InboundMessage.objects.order_by("pk")]
    assert (first.from_address, first.subject, first.external_id) == (JASMINE, "Où est mon colis ?", "pm1@example.org")
    assert (built.from_address, built.text.strip()) == (JASMINE, "Bonjour, où est mon colis ?")
    assert InboundMessage.objects.first().envelope == {"mail_from": JASMINE, "rcpt_to": [SUPPORT]}


def test_the_providers_retry_is_the_same_row(client: Client) -> None:
    to, body = channel("postmark", PASSWORD), postmark(mail())
    assert [post(client, to, body, **basic()) for _retry in range(3)] == [200, 200, 200]
    assert InboundMessage.objects.count() == 1


def test_a_signed_provider(client: Client) -> None:
    to, raw = channel("mailgun", "key-1"), mail()
    assert client.post(f"/hooks/{to.uuid}/", mailgun("key-1", raw)).status_code == 200
    stored = InboundMessage.objects.get()
    assert stored.source == "webhook"
    assert b"pas re=C3=A7u mon colis" in bytes(stored.raw) or "pas reçu mon colis".encode() in bytes(stored.raw)


def test_more_than_django_takes_as_a_form(client: Client) -> None:
    to = channel("postmark", PASSWORD)
    body = postmark(b"From: a@x.example\r\n\r\n" + b"x" * 6_000_000)
    assert post(client, to, body, **basic()) == 200
    assert InboundMessage.objects.get().size > 6_000_000


def test_too_large(client: Client, settings) -> None:
    settings.MAIL_MAX_BYTES = 10_000
    to = channel("postmark", PASSWORD)
    assert post(client, to, postmark(b"From: a@x.example\r\n\r\n" + b"x" * 20_000), **basic()) == 413
    assert post(client, to, {"x": "x" * 2_000_000}, **basic()) == 413
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"RecordType": "Bounce"}', b'{"FromFull": 3}', b"\xff\xfe", b"null"]
)
def test_what_is_no_mail_is_refused(client: Client, body: bytes) -> None:
    to = channel("postmark", PASSWORD)
    answer = client.post(f"/hooks/{to.uuid}/", body, content_type="application/json", headers=basic())
    assert answer.status_code == 400
    assert InboundMessage.objects.count() == 0


def test_there_is_nothing_for_other_channels(client: Client) -> None:
    plain = factories.channel()
    assert post(client, plain, postmark(mail()), **basic()) == 404
    assert client.get(f"/hooks/{channel('postmark', PASSWORD).uuid}/").status_code == 405
    assert client.post("/hooks/00000000-0000-0000-0000-000000000000/").status_code == 404
