"""Browser push: only to those who asked, encrypted for their browser alone, without a customer's words."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from py_vapid import Vapid02

from tests import factories as make
from tests.fakes import listening
from tickets import push
from tickets.models import Notification, PushKey, PushSubscription
from tickets.notifications import notify

pytestmark = pytest.mark.django_db


class PushService(BaseHTTPRequestHandler):
    """A push service: takes what comes, answers as told."""

    def do_POST(self):
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_args):
        pass


class Browser:
    """A browser's half of a subscription: it decrypts as RFC 8291 section 3 says, with no code of ours."""

    def __init__(self):
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        self.point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def keys(self):
        return {"p256dh": text(self.point), "auth": text(self.secret)}

    def read(self, body):
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        material = derive(self.secret, b"WebPush: info\0" + self.point + theirs, 32, shared)
        key = derive(salt, b"Content-Encoding: aes128gcm\0", 16, material)
        nonce = derive(salt, b"Content-Encoding: nonce\0", 12, material)
        padded = AESGCM(key).decrypt(nonce, sealed, None)
        return json.loads(padded.rstrip(b"\0")[:-1])


def derive(salt, info, length, material):
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(material)


def text(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def service(settings):
    settings.ALLOW_PRIVATE_HOSTS = True
    with listening(PushService, 201) as server:
        yield server


def told(user, ticket=None, cause="x"):
    notify(user, Notification.Kind.REPLY, ticket=ticket, text="Jasmine Roy: mon IBAN est FR76...", cause=cause)
    return Notification.objects.get(user=user, cause=cause)


def asked(user, service, browser=None):
    push.public_key()
    endpoint = f"http://127.0.0.1:{service.server_port}/send/1"
    return push.subscribe(user, endpoint=endpoint, **(browser or Browser()).keys())


def test_what_is_pushed_can_be_read_by_the_browser_alone_and_says_no_more_than_why_and_where(service):
    user, browser, ticket = make.user(language="en"), Browser(), make.ticket()
    asked(user, service, browser)
    row = told(user, ticket)
    assert push.deliver(row.pk) == 1
    [(headers, body)] = service.got
    assert browser.read(body) == {
        "title": "The customer answered",
        "body": f"#{ticket.pk} · Maison Lune",
        "url": f"/tickets/{ticket.pk}/",
        "tag": f"notification-{row.pk}",
    }
    assert (headers["Content-Encoding"], headers["TTL"], headers["Urgency"]) == ("aes128gcm", "3600", "normal")


def test_the_push_service_can_check_who_sends(service):
    user = make.user()
    asked(user, service)
    push.deliver(told(user).pk)
    proof = service.got[0][0]["Authorization"]
    token, key = proof.removeprefix("vapid t=").split(",k=")
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert (claims["aud"], claims["sub"]) == (f"http://127.0.0.1:{service.server_port}", "mailto:comptoir@localhost")
    assert (key, Vapid02.verify(proof)) == (push.public_key(), True)


def test_each_notification_once_and_none_without_being_asked_for(service):
    asker, other = make.user(), make.user()
    asked(asker, service)
    rows = [told(asker), told(other)]
    for _time in range(2):
        for row in rows:
            push.deliver(row.pk)
        push.sweep()
    assert len(service.got) == 1


def test_what_was_read_or_is_old_news_is_not_pushed(service):
    user = make.user()
    asked(user, service)
    read, old = told(user, cause="read"), told(user, cause="old")
    Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
    Notification.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(minutes=11))
    assert (push.sweep(), push.deliver(read.pk), push.deliver(old.pk), service.got) == (0, 0, 0, [])


@pytest.mark.parametrize(("status", "left"), [(201, 1), (404, 0), (410, 0), (500, 1)])
def test_a_browser_that_is_gone_is_forgotten(service, status, left):
    user = make.user()
    asked(user, service)
    service.status = status
    push.deliver(told(user).pk)
    assert PushSubscription.objects.count() == left


def test_a_push_service_within_our_own_network_is_never_called(service, settings):
    user = make.user()
    asked(user, service)
    settings.ALLOW_PRIVATE_HOSTS = False
    assert push.deliver(told(user).pk) == 0
    assert service.got == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("endpoint", "http://push.example/1"),
        ("endpoint", "file:///etc/passwd"),
        ("endpoint", "https://me:pw@push.example/1"),
        ("endpoint", ""),
        ("p256dh", "AAAA"),
        ("auth", "AAAA"),
        ("auth", "é"),
    ],
)
def test_what_no_browser_sends_is_refused(client, field, value):
    client.force_login(make.user())
    form = {"endpoint": "https://push.example/1", **Browser().keys()} | {field: value}
    answer = client.post("/notifications/push/", form)
    assert (answer.status_code, list(answer.json())) == (422, [field])
    assert PushSubscription.objects.count() == 0


def test_a_browser_is_asked_and_stopped_on_the_page(client):
    user = make.user()
    client.force_login(user)
    assert f'key="{push.public_key()}"' in client.get("/notifications/").content.decode()
    form = {"endpoint": "https://push.example/1", **Browser().keys()}
    assert client.post("/notifications/push/", form).status_code == 204
    assert client.post("/notifications/push/", form).status_code == 204
    assert PushSubscription.objects.get().user == user
    colleague = make.user()
    client.force_login(colleague)
    client.post("/notifications/push/stop/", {"endpoint": form["endpoint"]})
    assert PushSubscription.objects.count() == 1
    client.force_login(user)
    client.post("/notifications/push/stop/")
    assert PushSubscription.objects.count() == 0


def test_the_key_is_made_once_and_anew_only_when_it_cannot_be_opened(service):
    first = push.public_key()
    assert push.public_key() == first
    asked(make.user(), service)
    PushKey.objects.update(sealed="of another SECRET_KEY")
    assert push.public_key() != first
    assert PushSubscription.objects.count() == 0
