"""Celery finds this app's tasks here; each stands beside the code that it serves."""

from celery import shared_task
from django.db.models import Count

from channels_app import inbox, outbox
from channels_app.models import Channel, InboundMessage
from channels_app.outbox import deliver
from channels_app.registry import ADAPTERS, adapter_for
from helpdesk.lib.wakeup import wake

__all__ = ["check_ledger", "deliver", "deliver_due", "finish_inbox", "poll_channel", "poll_channels"]


@shared_task(name="channels_app.tasks.finish_inbox")
def finish_inbox() -> int:
    return inbox.sweep()


@shared_task(name="channels_app.tasks.deliver_due")
def deliver_due() -> int:
    return outbox.deliver_due()


@shared_task(name="channels_app.tasks.poll_channels")
def poll_channels() -> None:
    for pk in Channel.objects.filter(enabled=True, kind__in=ADAPTERS).values_list("pk", flat=True):
        wake(poll_channel, pk)


@shared_task(name="channels_app.tasks.poll_channel")
def poll_channel(pk: int) -> int:
    channel = Channel.objects.select_related("shop").get(pk=pk)
    return len(list(adapter_for(channel.kind).poll(channel)))


@shared_task(name="channels_app.tasks.check_ledger")
def check_ledger() -> dict[str, int]:
    """Received = processed + ignored + failed + still waiting: the count of each state, for the status page."""
    return dict(InboundMessage.objects.values_list("state").annotate(Count("pk")).order_by())
