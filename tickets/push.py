"""Browser push (RFC 8030): a short line to the browsers of those who asked for it, encrypted for each (RFC 8291).

A push is a hint, sent at most once: the notification stays in the page and in the digest whatever becomes of it. What
passes through the push service says which ticket and why, never what a customer wrote.
"""

import base64
import json
import logging
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece
import httpx
from celery import shared_task
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from py_vapid import Vapid02

from accounts.models import User
from channels_app.secrets import seal, unseal
from helpdesk.lib import net
from helpdesk.lib.refused import Refused
from helpdesk.lib.urls import parts
from tickets.models import Notification, PushKey, PushSubscription

log = logging.getLogger(__name__)
FRESH = timedelta(minutes=10)  # older news are for the page and the digest
KEPT_FOR = 3600  # seconds that the push service may keep what it cannot deliver
MOST = 10  # browsers of one person
BATCH = 200
GONE = (404, 410)  # the browser wants no more
URGENT = {Notification.Kind.BREACH, Notification.Kind.ESCALATED}


@transaction.atomic
def public_key() -> str:
    """What browsers subscribe with; made once. When the sealed half can no longer be opened, everything begins anew."""
    row = PushKey.objects.select_for_update().filter(pk=1).first()
    if row is not None and unseal(row.sealed):
        return row.public
    PushSubscription.objects.all().delete()
    vapid = Vapid02()
    vapid.generate_keys()
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    values = {"sealed": seal(vapid.private_pem().decode()), "public": _text(point)}
    return PushKey.objects.update_or_create(pk=1, defaults=values)[0].public


def subscribe(user: User, *, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Push to this browser from now on. Refused names a field that is none."""
    place = parts(endpoint)
    schemes = ("https", "http") if settings.ALLOW_PRIVATE_HOSTS else ("https",)
    if place.scheme not in schemes or not place.hostname or place.username or len(endpoint) > 1000:
        raise Refused("endpoint", "Expected an https address.")
    if not _is_point(p256dh):
        raise Refused("p256dh", "Expected a point of P-256, base64url.")
    if len(_bytes(auth) or b"") != 16:
        raise Refused("auth", "Expected 16 bytes, base64url.")
    keys = {"user": user, "p256dh": p256dh, "auth": auth}
    row = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=keys)[0]
    kept = user.push_subscriptions.order_by("-pk").values_list("pk", flat=True)[:MOST]
    user.push_subscriptions.exclude(pk__in=list(kept)).delete()
    return row


@shared_task(name="tickets.push.deliver")
def deliver(pk: int) -> int:
    """Push one notification to every browser of its user. Returns how many took it."""
    now = timezone.now()
    fresh = Notification.objects.filter(pk=pk, read_at=None, pushed_at=None, at__gt=now - FRESH, user__is_active=True)
    if not fresh.update(pushed_at=now):  # claimed before it is sent: at most once
        return 0
    row = Notification.objects.select_related("user", "ticket__shop").get(pk=pk)
    body = json.dumps(payload(row)).encode()
    urgency = "high" if row.kind in URGENT else "normal"
    return sum(_send(one, body, urgency) for one in row.user.push_subscriptions.all())


def sweep(at: datetime | None = None) -> int:
    """Push what a broker that was away left behind, while it is news. Returns how many notifications."""
    wanted = PushSubscription.objects.filter(user=OuterRef("user"))
    rows = Notification.objects.filter(Exists(wanted), read_at=None, pushed_at=None)
    ids = list(rows.filter(at__gt=(at or timezone.now()) - FRESH).order_by("at").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        deliver(pk)
    return len(ids)


def payload(row: Notification) -> dict[str, Any]:
    """What the browser shows: why, which ticket, and where a click leads."""
    with translation.override(row.user.language_for(row.ticket.shop if row.ticket else None)):
        why = str(row.get_kind_display())
    about = f"#{row.ticket_id} · {row.ticket.shop.name}" if row.ticket else row.text if row.count > 1 else ""
    title, tag = why[:1].upper() + why[1:], f"notification-{row.pk}"
    return {"title": title, "body": about, "url": row.get_absolute_url(), "tag": tag}


def _send(to: PushSubscription, body: bytes, urgency: str) -> bool:
    headers = {"Content-Encoding": "aes128gcm", "TTL": str(KEPT_FOR), "Urgency": urgency} | _proof(to.endpoint)
    point, secret = _bytes(to.p256dh), _bytes(to.auth)
    sealed = http_ece.encrypt(
        body, private_key=ec.generate_private_key(ec.SECP256R1()), dh=point, auth_secret=secret, version="aes128gcm"
    )
    try:
        with net.client() as session, session.stream("POST", to.endpoint, content=sealed, headers=headers) as answer:
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        log.warning("push to subscription %s: %s", to.pk, error)
        return False
    if status in GONE:
        to.delete()
    elif not 200 <= status < 300:
        log.warning("push to subscription %s: HTTP %s", to.pk, status)
    return 200 <= status < 300


def _proof(endpoint: str) -> dict[str, str]:
    """The Authorization header that tells the push service who we are (RFC 8292)."""
    vapid = Vapid02.from_pem(unseal(PushKey.objects.get(pk=1).sealed).encode())
    place = urlsplit(endpoint)
    claims = {"aud": f"{place.scheme}://{place.netloc}", "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}"}
    found: dict[str, str] = vapid.sign(claims)
    return found


def _bytes(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(text) or b"")
    except ValueError:
        return False
    return True
