"""Webhooks: telling the shop's developers of events. The delivery row is the truth; a sweep tries it until taken.

Signed: `Comptoir-Signature: t=<unix seconds>,v1=<hex of HMAC-SHA256(secret, "<t>." + body)>`.
"""

import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from celery import shared_task
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from channels_app.secrets import seal, unseal
from helpdesk.lib import net
from helpdesk.lib.wakeup import wake
from tickets.models import Event, Ticket, Webhook, WebhookDelivery

log = logging.getLogger(__name__)
State = WebhookDelivery.State
WAITS = [timedelta(seconds=n) for n in (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)]  # after each failure
LEASE = timedelta(seconds=60)
REST = 2.0
SHOWN: list[Callable[[Ticket], dict[str, Any]]] = []  # how a ticket is shown: the API's way, set by apps.py


def show_tickets_with(shown: Callable[[Ticket], dict[str, Any]]) -> None:
    """Let the API above say what a ticket looks like. Called once, from apps.py."""
    SHOWN[:] = [shown]


def new_secret(webhook: Webhook) -> str:
    """Give it a secret, kept sealed; returned to be shown once."""
    secret = secrets.token_urlsafe(32)
    webhook.sealed_secret = seal(secret)
    return secret


_heard: tuple[float, frozenset[str]] = (-REST, frozenset())


def kinds_heard(*, fresh: bool) -> frozenset[str]:
    """The kinds of events that some webhook has asked for. Unless `fresh`, at most REST seconds out of date."""
    global _heard
    if fresh or time.monotonic() - _heard[0] > REST:
        lists = Webhook.objects.filter(active=True).values_list("events", flat=True)
        _heard = (time.monotonic(), frozenset(kind for kinds in lists for kind in kinds))
    return _heard[1]


def consider(event: Event) -> None:
    """Queue the event for every webhook that asked for its kind."""
    rows = Webhook.objects.filter(Q(shop=None) | Q(shop=event.ticket.shop_id), active=True)
    for webhook in rows.filter(events__contains=[event.kind]):
        queue(webhook, event)


def queue(webhook: Webhook, event: Event, *, cause: str = "subscription") -> WebhookDelivery:
    """One event to one webhook, once per cause."""
    row, new = WebhookDelivery.objects.get_or_create(
        webhook=webhook, event=event, cause=cause, defaults={"next_attempt_at": timezone.now()}
    )
    if new:
        transaction.on_commit(lambda: wake(deliver, row.pk))
    return row


@shared_task(name="tickets.webhooks.deliver")
def deliver(pk: int) -> None:
    """Try one delivery now, if it is due and nobody else has it."""
    row = _claim(pk)
    if row is None:
        return
    status, error = _post(row)
    taken = status is not None and 200 <= status < 300
    _settle(row, status, "" if taken else error, taken=taken)


def sweep(at: datetime | None = None, batch: int = 100) -> int:
    """Try what is due. Returns how many."""
    due = WebhookDelivery.objects.filter(state=State.QUEUED, next_attempt_at__lte=at or timezone.now())
    ids = list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:batch])
    for pk in ids:
        deliver(pk)
    return len(ids)


def retry(row: WebhookDelivery) -> None:
    """Somebody asks for another try of a hopeless one."""
    again = {"state": State.QUEUED, "attempts": 0, "next_attempt_at": timezone.now(), "error": ""}
    WebhookDelivery.objects.filter(pk=row.pk, state=State.FAILED).update(**again)
    wake(deliver, row.pk)


def payload(event: Event) -> dict[str, Any]:
    """What is sent: the event, and the ticket as the API shows it now."""
    told = {
        "id": event.pk,
        "kind": event.kind,
        "at": event.at,
        "actor": event.actor,
        "by": event.user.email if event.user else None,
        "message": event.message_id,
        "data": event.data,
    }
    return {"event": told, "ticket": SHOWN[0](event.ticket) if SHOWN else {"number": event.ticket_id}}


def signature(secret: str, at: int, body: bytes) -> str:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


@transaction.atomic
def _claim(pk: int) -> WebhookDelivery | None:
    """Take the row for a while: whoever dies with it loses it to the next sweep."""
    rows = WebhookDelivery.objects.filter(pk=pk, state=State.QUEUED, next_attempt_at__lte=timezone.now())
    row = rows.select_for_update(skip_locked=True, of=("self",)).select_related("webhook", "event__ticket").first()
    if row is None:
        return None
    row.attempts += 1
    row.next_attempt_at = timezone.now() + LEASE
    row.save(update_fields=["attempts", "next_attempt_at"])
    return row


def _post(row: WebhookDelivery) -> tuple[int | None, str]:
    """(status, error): a redirect is an error, as is an address of our own network."""
    body = json.dumps(payload(row.event), cls=DjangoJSONEncoder).encode()
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Comptoir-Webhook/1",
        "Comptoir-Event": row.event.kind,
        "Comptoir-Delivery": str(row.pk),
        "Comptoir-Signature": signature(unseal(row.webhook.sealed_secret), at, body),
    }
    try:
        with net.client() as session, session.stream("POST", row.webhook.url, content=body, headers=headers) as answer:
            return answer.status_code, f"HTTP {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"[:500]


def _settle(row: WebhookDelivery, status: int | None, error: str, *, taken: bool) -> None:
    row.status, row.error = status, error
    now = timezone.now()
    if taken:
        row.state, row.sent_at = State.SENT, now
    elif row.attempts > len(WAITS) or not row.webhook.active:
        row.state = State.FAILED
    else:
        row.next_attempt_at = now + WAITS[row.attempts - 1]
    row.save(update_fields=["status", "error", "state", "sent_at", "next_attempt_at"])
