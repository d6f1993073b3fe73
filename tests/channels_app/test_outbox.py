"""The outbox when things go wrong: each test kills a worker or breaks the line at one point, then looks at the row."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from channels_app import outbox
from channels_app.base import Address, SendError, Trouble
from channels_app.models import Channel, OutboundMessage
from tests import factories

State = OutboundMessage.State
pytestmark = pytest.mark.django_db


def queued(**fields):
    return outbox.queue(
        factories.channel(),
        thread="1042",
        sender_name="Inès Benali",
        to=[Address("j@example.org")],
        text="Bonjour",
        **fields,
    )


def lapse(message):
    """The worker is dead and its lease has run out."""
    OutboundMessage.objects.filter(pk=message.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_id_is_given_once_and_kept_for_every_attempt():
    message = queued()
    assert message.external_id
    first = outbox.claim(message.pk)
    lapse(first)
    assert outbox.claim(message.pk).external_id == message.external_id


def test_two_workers_cannot_hold_one_message():
    message = queued()
    assert outbox.claim(message.pk) is not None
    assert outbox.claim(message.pk) is None


def test_a_worker_that_dies_before_handing_over_is_replaced():
    message = queued()
    outbox.claim(message.pk)
    lapse(message)
    again = outbox.claim(message.pk)
    assert (again.state, again.attempts) == (State.SENDING, 2)


def test_a_worker_that_dies_after_handing_over_leaves_an_uncertain_message():
    held = outbox.claim(queued().pk)
    outbox.hand_over(held)
    lapse(held)
    assert outbox.claim(held.pk) is None
    held.refresh_from_db()
    assert held.state == State.UNKNOWN
    assert held.not_before > timezone.now()


def test_an_uncertain_message_is_tried_once_more_later_under_the_same_id():
    held = outbox.claim(queued().pk)
    outbox.hand_over(held)
    lapse(held)
    outbox.claim(held.pk)
    later = timezone.now() + outbox.UNKNOWN_RETRY + timedelta(seconds=1)
    assert list(OutboundMessage.objects.due(later)) == [held]
    OutboundMessage.objects.filter(pk=held.pk).update(not_before=timezone.now())
    assert outbox.claim(held.pk).external_id == held.external_id


def test_who_lost_the_lease_may_not_hand_over():
    slow = outbox.claim(queued().pk)
    lapse(slow)
    quick = outbox.claim(slow.pk)
    with pytest.raises(SendError):
        outbox.hand_over(slow)
    outbox.hand_over(quick)


def test_who_lost_the_lease_may_not_settle():
    slow = outbox.claim(queued().pk)
    lapse(slow)
    outbox.claim(slow.pk)
    outbox._settle_trouble(slow, SendError("too late", Trouble.MESSAGE))
    slow.refresh_from_db()
    assert slow.state == State.SENDING


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (Trouble.TRANSIENT, State.QUEUED),
        (Trouble.RATE, State.QUEUED),
        (Trouble.AUTH, State.QUEUED),
        (Trouble.MESSAGE, State.FAILED),
        (Trouble.RECIPIENT, State.FAILED),
        (Trouble.WINDOW, State.FAILED),
        (Trouble.UNKNOWN, State.UNKNOWN),
    ],
)
def test_each_trouble_has_its_end(trouble, state):
    held = outbox.claim(queued().pk)
    outbox._settle_trouble(held, SendError("so it goes", trouble))
    held.refresh_from_db()
    assert (held.state, held.error, held.trouble) == (state, "so it goes", trouble)
    assert (held.lease, held.lease_until) == (None, None)


def test_a_message_that_never_leaves_fails_in_the_end():
    message = queued()
    for _attempt in range(len(outbox.BACK_OFF) + 1):
        OutboundMessage.objects.filter(pk=message.pk).update(not_before=timezone.now())
        outbox._settle_trouble(outbox.claim(message.pk), SendError("421 later"))
    message.refresh_from_db()
    assert (message.state, message.error) == (State.FAILED, "421 later")


def test_a_refused_login_turns_the_channel_red_and_keeps_the_message():
    held = outbox.claim(queued().pk)
    outbox._settle_trouble(held, SendError("535 wrong password", Trouble.AUTH))
    assert Channel.objects.get().trouble == "535 wrong password"
    held.refresh_from_db()
    assert held.state == State.QUEUED


def test_what_is_taken_back_in_time_never_leaves():
    message = queued(not_before=timezone.now() + timedelta(seconds=10))
    assert outbox.claim(message.pk) is None
    assert outbox.cancel(message)
    message.refresh_from_db()
    assert message.state == State.CANCELLED
    assert not outbox.cancel(message)


def test_nobody_to_write_to_is_refused():
    with pytest.raises(ValueError, match="^to: "):
        outbox.queue(factories.channel(), thread="1", sender_name="", to=[], text="x")
    assert OutboundMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_fifty_workers_at_once_send_it_once():
    message = queued()

    def claim(_n):
        try:
            return outbox.claim(message.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(50))) == 1
