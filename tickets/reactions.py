"""What follows from an event: acknowledgement today; rules, notifications and webhooks tomorrow.

An event waits with `reacted_at` null until its reactions have run in one transaction with that mark: a crash runs
them again from the beginning, never twice to the end.
"""

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from helpdesk.lib.wakeup import wake
from tickets import acknowledgement
from tickets.models import Event, EventKind

log = logging.getLogger(__name__)

REACTIONS: dict[str, list[Callable[[Event], object]]] = {
    EventKind.MESSAGE: [acknowledgement.consider],
}


@shared_task(name="tickets.reactions.react")
def react(event_id: int) -> None:
    """Run the reactions to one event, once."""
    with transaction.atomic():
        event = (
            Event.objects.filter(pk=event_id, reacted_at=None)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("ticket__shop", "ticket__channel", "message__inbound")
            .first()
        )
        if event is None:
            return
        for reaction in REACTIONS.get(event.kind, []):
            reaction(event)
        Event.objects.filter(pk=event_id).update(reacted_at=timezone.now())


def wake_up(event: Event) -> None:
    """After commit: have the reactions run soon. An event without any is marked by the next sweep."""
    if event.kind in REACTIONS:
        wake(react, event.pk)


def sweep(batch: int = 500) -> int:
    """Run the reactions that a crash or an absent broker left behind. Returns how many events."""
    rows = Event.objects.filter(reacted_at=None)
    with transaction.atomic():
        quiet = list(rows.exclude(kind__in=REACTIONS).order_by("pk").values_list("pk", flat=True)[: batch * 10])
        Event.objects.filter(pk__in=quiet, reacted_at=None).update(reacted_at=timezone.now())
    ids = list(rows.filter(kind__in=REACTIONS).order_by("pk").values_list("pk", flat=True)[:batch])
    for pk in ids:
        try:
            react(pk)
        except Exception:  # one event that cannot be reacted to must not stop the others
            log.exception("reactions to event %s", pk)
    return len(ids)
