"""Inbound messages: stored once, then taken in by whoever listens to `inbound_stored`."""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from channels_app.models import Channel, InboundMessage
from channels_app.signals import inbound_stored
from helpdesk.lib import compiled
from helpdesk.lib.request_id import current_request_id

log = logging.getLogger(__name__)
ATTEMPTS = 5
FLOOD = 200  # messages of one sender in an hour: nothing is refused, but a person is told
State = InboundMessage.State
_FIELDS = [field for field in InboundMessage._meta.concrete_fields if not field.primary_key]
_INSERT = (
    f"INSERT INTO {InboundMessage._meta.db_table} ({', '.join(field.column for field in _FIELDS)})"  # noqa: S608
    f" VALUES ({', '.join(['%s'] * len(_FIELDS))}) ON CONFLICT (channel_id, dedupe_key) DO NOTHING RETURNING id"
)


def store(
    channel: Channel, raw: bytes, *, dedupe_key: str, source: str, envelope: dict[str, Any] | None = None
) -> tuple[InboundMessage, bool]:
    """Keep one raw message and announce it after commit. Returns (row, is_new); the same key again changes nothing.

    Only when the surrounding transaction has committed may the outside be told that we have it; without one, this
    statement is all of it.
    """
    message = InboundMessage(
        channel=channel,
        dedupe_key=dedupe_key,
        source=source,
        envelope=envelope or {},
        raw=raw,
        size=len(raw),
        request_id=current_request_id(),
    )
    values = [field.get_db_prep_save(getattr(message, field.attname), connection) for field in _FIELDS]
    inserted = compiled.asked(_INSERT, values)
    if not inserted:
        return InboundMessage.objects.defer("raw").get(channel=channel, dedupe_key=dedupe_key), False
    message.pk, message._state.adding = inserted[0][0], False
    transaction.on_commit(partial(announce, [message.pk]))
    return message, True


def announce(ids: list[int]) -> None:
    inbound_stored.send(sender=InboundMessage, ids=ids)


def finish(message: InboundMessage, state: InboundMessage.State, reason: str = "") -> None:
    """Mark a message taken in or knowingly ignored, in the transaction that took it in."""
    message.state, message.processed_at, message.error = state, timezone.now(), reason
    message.save(update_fields=["state", "processed_at", "error"])


def park(pk: int, reason: str, *, final: bool) -> None:
    """Note why a message could not be taken in: tried again later unless `final`, then left for a human to retry."""
    message = InboundMessage.objects.defer("raw").get(pk=pk)
    attempts = message.attempts + 1
    final = final or attempts >= ATTEMPTS
    InboundMessage.objects.filter(pk=pk, state=State.STORED).update(
        attempts=attempts,
        error=reason[:2000],
        state=State.FAILED if final else State.STORED,
        next_attempt_at=None if final else timezone.now() + timedelta(seconds=10 * 4**attempts),
    )
    log.warning("inbound %s: %s", pk, reason, extra={"inbound": pk, "final": final})


def retry(message: InboundMessage) -> None:
    """Take a failed message in again, from the beginning."""
    with transaction.atomic():
        InboundMessage.objects.filter(pk=message.pk, state=State.FAILED).update(
            state=State.STORED, attempts=0, next_attempt_at=None, error=""
        )
        transaction.on_commit(partial(announce, [message.pk]))


def floods() -> list[tuple[str, int]]:
    """Who sent more than FLOOD messages within the last hour, and how many: the busiest first."""
    recent = InboundMessage.objects.filter(received_at__gte=timezone.now() - timedelta(hours=1))
    senders = recent.order_by().values_list("envelope__mail_from").annotate(sent=Count("pk")).filter(sent__gt=FLOOD)
    return [(str(sender or "—"), sent) for sender, sent in senders.order_by("-sent")[:5]]


def sweep(batch: int = 500) -> int:
    """Announce again what a crash left behind; what was announced too often fails visibly. Returns how many."""
    stale = timezone.now() - timedelta(seconds=10)
    with transaction.atomic():
        ids = list(
            InboundMessage.objects.waiting()
            .filter(received_at__lte=stale)
            .order_by("pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:batch]
        )
        rows = InboundMessage.objects.filter(pk__in=ids)
        rows.update(attempts=F("attempts") + 1, next_attempt_at=timezone.now() + timedelta(seconds=60))
        rows.filter(attempts__gt=20).update(state=State.FAILED, error="Gave up: every attempt died without an answer.")
    if ids:
        announce(ids)
    return len(ids)
