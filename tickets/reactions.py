"""What follows from an event: its own reactions, then rules, then notifications and webhooks.

An event waits with `reacted_at` null until its reactions have run in one transaction with that mark: a crash runs
them again from the beginning, never twice to the end.
"""

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from channels_app.models import OutboundMessage
from helpdesk.lib.wakeup import wake
from tickets import acknowledgement, actions, notifications, rules, webhooks
from tickets.models import Delivery, Event, EventKind

log = logging.getLogger(__name__)

REACTIONS: dict[str, list[Callable[[Event], object]]] = {
    EventKind.OPENED: [actions.hand_out],
    EventKind.TEAM: [actions.hand_out],
    EventKind.MESSAGE: [acknowledgement.consider],
    EventKind.NOTE: [notifications.tell_mentioned],
    EventKind.SIDE: [notifications.tell_of_side],
    EventKind.TAKEN_BACK: [notifications.tell_of_return],
}

ALWAYS: list[Callable[[Event], object]] = [rules.run, notifications.consider, webhooks.consider]  # whatever the kind


def kinds_heard(*, fresh: bool = False) -> set[str]:
    """The kinds of events that anything listens to; a moment out of date unless `fresh`."""
    own = {*REACTIONS, *notifications.KINDS}
    return own | rules.kinds_heard(fresh=fresh) | webhooks.kinds_heard(fresh=fresh)


def register(kind: EventKind, reaction: Callable[[Event], object]) -> None:
    """Let a layer above (surveys) react to events of this kind too. Called once, from its apps.py."""
    REACTIONS.setdefault(kind, []).append(reaction)


def final() -> Q:
    """Events that stand: not those of a reply that can still be taken back. They wait until it may leave."""
    return ~Q(
        message__delivery=Delivery.QUEUED,
        message__outbound__state=OutboundMessage.State.QUEUED,
        message__outbound__attempts=0,
        message__outbound__not_before__gt=timezone.now(),
    )


@shared_task(name="tickets.reactions.react")
def react(event_id: int) -> None:
    """Run the reactions to one event, once."""
    with transaction.atomic():
        event = (
            Event.objects.filter(final(), pk=event_id, reacted_at=None)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("ticket__shop", "ticket__channel", "message__inbound")
            .first()
        )
        if event is None:
            return
        for reaction in [*REACTIONS.get(event.kind, []), *ALWAYS]:
            reaction(event)
        Event.objects.filter(pk=event_id).update(reacted_at=timezone.now())


def wake_up(event: Event) -> None:
    """After commit: have the reactions run soon. An event without any is marked by the next sweep."""
    if event.kind in kinds_heard():
        wake(react, event.pk)


def sweep(batch: int = 500) -> int:
    """Run the reactions that a crash or an absent broker left behind. Returns how many events."""
    rows = Event.objects.filter(final(), reacted_at=None)
    heard = kinds_heard(fresh=True)  # an event marked too early would never be reacted to
    with transaction.atomic():
        quiet = list(rows.exclude(kind__in=heard).order_by("pk").values_list("pk", flat=True)[: batch * 10])
        Event.objects.filter(pk__in=quiet, reacted_at=None).update(reacted_at=timezone.now())
    ids = list(rows.filter(kind__in=heard).order_by("pk").values_list("pk", flat=True)[:batch])
    for pk in ids:
        try:
            react(pk)
        except Exception:  # one event that cannot be reacted to must not stop the others
            log.exception("reactions to event %s", pk)
    return len(ids)
