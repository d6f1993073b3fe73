"""The inbox: stored once, taken in once, never lost sight of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from channels_app import inbox
from channels_app.models import InboundMessage
from channels_app.signals import inbound_stored
from tests import factories

State = InboundMessage.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def announced():
    heard = []

    def listen(ids, **_kwargs):
        heard.extend(ids)

    inbound_stored.connect(listen)
    yield heard
    inbound_stored.disconnect(listen)


def stored(key="k1", **fields):
    return inbox.store(factories.channel(), b"From: a@b.c\r\n\r\nhello", dedupe_key=key, source="smtp", **fields)


def test_the_same_key_again_changes_nothing():
    first, new = stored()
    second, again = stored()
    assert (new, again) == (True, False)
    assert first.pk == second.pk


def test_it_is_announced_after_commit_only(announced, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message, _new = stored()
        assert announced == []
    assert announced == [message.pk]


def test_what_a_crash_left_behind_is_announced_again_but_not_for_ever(announced):
    message, _new = stored()
    inbox.sweep()
    assert announced == []  # too fresh: somebody may be at it
    old = timezone.now() - timedelta(minutes=5)
    InboundMessage.objects.update(received_at=old)
    inbox.sweep()
    inbox.sweep()
    assert announced == [message.pk]  # the second sweep comes too early
    InboundMessage.objects.update(next_attempt_at=old, attempts=20)
    inbox.sweep()
    message.refresh_from_db()
    assert message.state == State.FAILED


def test_what_fails_is_tried_again_later_then_waits_for_a_person():
    message, _new = stored()
    for _attempt in range(inbox.ATTEMPTS):
        inbox.park(message.pk, "ValueError: odd", final=False)
    message.refresh_from_db()
    assert (message.state, message.error) == (State.FAILED, "ValueError: odd")
    inbox.retry(message)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (State.STORED, 0, "")


def test_a_flood_is_told_of_and_nothing_is_refused():
    for n in range(inbox.FLOOD + 1):
        stored(f"flood-{n}", envelope={"mail_from": "robot@example.net", "rcpt_to": []})
    stored("single", envelope={"mail_from": "j@example.org", "rcpt_to": []})
    assert inbox.floods() == [("robot@example.net", inbox.FLOOD + 1)]
    assert InboundMessage.objects.waiting().count() == inbox.FLOOD + 2


@pytest.mark.django_db(transaction=True)
def test_one_mail_delivered_twenty_times_at_once_is_one_row():
    factories.channel()

    def deliver(_n):
        try:
            return stored("same")[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(deliver, range(20))) == 1
    assert InboundMessage.objects.count() == 1
