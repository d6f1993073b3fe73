"""Outbound messages: queued in the caller's transaction, delivered once. The row is the truth, Celery only wakes up."""

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_app.base import Address, SendError, Sent, Trouble
from channels_app.models import Channel, OutboundMessage
from channels_app.registry import adapter_for
from channels_app.signals import outbound_settled
from helpdesk.lib.request_id import current_request_id
from helpdesk.lib.wakeup import wake

log = logging.getLogger(__name__)
State = OutboundMessage.State
LEASE = timedelta(seconds=60)
UNKNOWN_RETRY = timedelta(minutes=2)
BACK_OFF = (15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800)  # seconds; about 24 h in all


def queue(
    channel: Channel,
    *,
    thread: str,
    sender_name: str,
    to: Sequence[Address],
    text: str,
    html: str = "",
    subject: str = "",
    cc: Sequence[Address] = (),
    bcc: Sequence[Address] = (),
    references: Sequence[str] = (),
    files: Sequence[dict[str, object]] = (),
    automatic: bool = False,
    not_before: datetime | None = None,
) -> OutboundMessage:
    """Write a message to the outbox and wake a worker after commit. Must run inside the caller's transaction."""
    if not to:
        raise ValueError("to: a message needs at least one recipient")
    message = OutboundMessage.objects.create(
        channel=channel,
        thread=thread,
        sender_name=sender_name[:200],
        to=[asdict(address) for address in to],
        cc=[asdict(address) for address in cc],
        bcc=[asdict(address) for address in bcc],
        subject=subject[:998],
        text=text,
        html=html,
        references=list(references),
        files=list(files),
        automatic=automatic,
        not_before=not_before or timezone.now(),
        request_id=current_request_id(),
    )
    message.external_id = adapter_for(channel.kind).external_id(message)
    message.save(update_fields=["external_id"])
    if message.not_before <= timezone.now():
        transaction.on_commit(partial(wake, deliver, message.pk))
    return message


def cancel(message: OutboundMessage) -> bool:
    """Take a message back that has not begun to leave. True when it will not leave."""
    return bool(OutboundMessage.objects.filter(pk=message.pk, state=State.QUEUED).update(state=State.CANCELLED))


def resend(message: OutboundMessage) -> bool:
    """Try a failed, uncertain or kept message again now, under the same id. True when it was queued."""
    rows = OutboundMessage.objects.filter(pk=message.pk, state__in=[State.FAILED, State.UNKNOWN, State.KEPT])
    with transaction.atomic():
        done = bool(
            rows.update(
                state=State.QUEUED, not_before=timezone.now(), attempts=0, error="", trouble="", handed_over_at=None
            )
        )
        if done:
            transaction.on_commit(partial(wake, deliver, message.pk))
    return done


@shared_task(name="channels_app.outbox.deliver")
def deliver(pk: int) -> None:
    """Send one message if it is due and nobody else is sending it."""
    message = claim(pk)
    if message is None:
        return
    try:
        sent = adapter_for(message.channel.kind).send(message)
    except SendError as error:
        _settle_trouble(message, error)
    except Exception as error:  # a bug of ours must not lose the message nor send it twice
        log.exception("outbound %s", pk)
        trouble = Trouble.UNKNOWN if _handed_over(message) else Trouble.TRANSIENT
        _settle_trouble(message, SendError(f"{type(error).__name__}: {error}", trouble))
    else:
        _settle_sent(message, sent)


def deliver_due(batch: int = 200, budget: float = 20.0) -> int:
    """Deliver what is due now, one after the other, for at most `budget` seconds. Returns how many were tried."""
    ids = list(OutboundMessage.objects.due().order_by("not_before", "pk").values_list("pk", flat=True)[:batch])
    end = time.monotonic() + budget
    for tried, pk in enumerate(ids):
        if time.monotonic() > end:
            return tried
        deliver(pk)
    return len(ids)


def claim(pk: int) -> OutboundMessage | None:
    """Lease a due message to this worker. None when it is not due or another worker has it.

    A message whose worker died after handing it over becomes UNKNOWN first: it is resent only after UNKNOWN_RETRY.
    """
    now = timezone.now()
    with transaction.atomic():
        message = (
            OutboundMessage.objects.due(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("channel__shop")
            .filter(pk=pk)
            .first()
        )
        if message is None:
            return None
        if message.state == State.SENDING and message.handed_over_at:
            _become_unknown(message, "The worker stopped while the message was leaving.")
            return None
        message.state, message.lease, message.lease_until = State.SENDING, uuid.uuid4(), now + LEASE
        message.attempts += 1
        message.handed_over_at = None
        message.save(update_fields=["state", "lease", "lease_until", "attempts", "handed_over_at"])
    return message


def hand_over(message: OutboundMessage) -> None:
    """Note that the message is about to be given away for good. Adapters call it at their point of no return."""
    held = OutboundMessage.objects.filter(pk=message.pk, lease=message.lease, state=State.SENDING)
    if not held.update(handed_over_at=timezone.now()):
        raise SendError("The lease ran out before the message left.", Trouble.TRANSIENT)
    message.handed_over_at = timezone.now()


def _handed_over(message: OutboundMessage) -> bool:
    return message.handed_over_at is not None


def _still_ours(message: OutboundMessage) -> bool:
    rows = OutboundMessage.objects.select_for_update().filter(pk=message.pk, lease=message.lease, state=State.SENDING)
    return rows.exists()


@transaction.atomic
def _settle_sent(message: OutboundMessage, sent: Sent) -> None:
    if not _still_ours(message):
        return
    if sent.kept:
        message.state = State.KEPT
        _release(message)
        return
    message.state, message.sent_at, message.provider_id = State.SENT, timezone.now(), sent.external_id[:255]
    message.error, message.trouble = sent.refused[:2000], Trouble.RECIPIENT if sent.refused else ""
    _release(message)
    Channel.objects.filter(pk=message.channel_id).exclude(trouble="").update(trouble="", trouble_since=None)


@transaction.atomic
def _settle_trouble(message: OutboundMessage, error: SendError) -> None:
    if not _still_ours(message):
        return
    if error.trouble == Trouble.UNKNOWN:
        _become_unknown(message, str(error))
        return
    message.error, message.trouble = str(error)[:2000], error.trouble
    if error.trouble == Trouble.AUTH:
        _report_channel(message.channel, str(error))
    if error.permanent or message.attempts > len(BACK_OFF):
        message.state = State.FAILED
    else:
        wait = error.retry_after or BACK_OFF[message.attempts - 1] * settings.OUTBOX_PATIENCE
        message.state, message.not_before = State.QUEUED, timezone.now() + timedelta(seconds=wait)
    _release(message)


def _become_unknown(message: OutboundMessage, reason: str) -> None:
    message.state, message.error, message.trouble = State.UNKNOWN, reason[:2000], Trouble.UNKNOWN
    message.not_before = timezone.now() + UNKNOWN_RETRY * settings.OUTBOX_PATIENCE
    message.handed_over_at = None
    _release(message)


def _release(message: OutboundMessage) -> None:
    message.lease = message.lease_until = None
    message.save()
    outbound_settled.send(sender=OutboundMessage, message=message)


def _report_channel(channel: Channel, reason: str) -> None:
    Channel.objects.filter(pk=channel.pk, trouble="").update(trouble_since=timezone.now(), trouble=reason[:2000])
    Channel.objects.filter(pk=channel.pk).exclude(trouble="").update(trouble=reason[:2000])


@transaction.atomic
def report(channel: Channel, external_ids: Sequence[str], state: str, reason: str) -> OutboundMessage | None:
    """News from the outside about a message of ours (a bounce, a vendor's status). The message, or None if unknown."""
    message = (
        OutboundMessage.objects.select_for_update().filter(channel=channel).filter(external_id__in=external_ids).first()
        or OutboundMessage.objects.select_for_update()
        .filter(channel=channel, provider_id__in=[value for value in external_ids if value])
        .first()
    )
    if message is None or state not in (State.FAILED, State.DELIVERED):
        return message
    if state == State.FAILED and message.state != State.DELIVERED:
        message.state, message.error, message.trouble = State.FAILED, reason[:2000], Trouble.RECIPIENT
    elif state == State.DELIVERED:
        message.state, message.sent_at = State.DELIVERED, message.sent_at or timezone.now()
    _release(message)
    return message
