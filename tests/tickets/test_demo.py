"""The demo shop: believable, consistent, and the same every time."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F
from django.test import override_settings

from accounts.models import Shop, User
from customers.models import Customer, Order
from hours import clock
from hours.models import Calendar
from tickets import promises, threads
from tickets.demo.logins import DEMO_LOGINS, DEMO_PASSWORD
from tickets.demo.seed import seed
from tickets.demo.stories import ENGLISH, FRENCH
from tickets.models import (
    Attachment,
    Author,
    Complaint,
    Deadline,
    Event,
    EventKind,
    Message,
    Promise,
    SavedView,
    SlaPolicy,
    Task,
    Ticket,
)
from tickets.states import LIVE, TRANSITIONS, State
from tickets.views.queues import end_of_day, group_of, saved_queue

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 11, 18, 9, 20, tzinfo=UTC)  # 10:20 in Paris
NOW = WEDNESDAY.replace(minute=0)
SUNDAY_NIGHT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The shop, built once for all tests here and taken back at the end."""
    media = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path_factory.mktemp("media"))},
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=settings.STORAGES | {"default": media}):
        with transaction.atomic():
            yield seed(WEDNESDAY)
            transaction.set_rollback(True)


def story():
    """All that two runs must have in common: no ids, no random file names."""
    first = Ticket.objects.order_by("pk").values_list("pk", flat=True).first()
    return (
        list(Ticket.objects.order_by("pk").annotate(n=F("pk") - first).values_list(
            "n", "subject", "state", "opened_at", "due_at", "solved_at", "snippet", "tags", "version")),
        list(Message.objects.exclude(author=Author.AUTO).order_by("pk").values_list("text", "at", "external_id")),
        list(Event.objects.order_by("pk").values_list("kind", "at", "actor")),
        list(Order.objects.order_by("number").values_list("number", "total", "status", "placed_at")),
        list(Customer.objects.order_by("pk").values_list("name", "created_at")),
        list(Attachment.objects.order_by("pk").values_list("name", "size")),
    )  # fmt: skip


def test_there_is_something_to_promise_to_settle_and_to_do(demo):
    assert SlaPolicy.objects.filter(active=True).count() == 3
    assert Complaint.objects.filter(outcome="").count() == 2
    assert Task.objects.filter(done_at=None, due_at__gt=NOW).count() == 3


def test_the_past_was_held_to_its_targets(demo):
    judged = Counter(Deadline.objects.filter(kind="first_reply").values_list("state", flat=True))
    assert judged == {"met": 202, "missed": 52}
    assert not Deadline.objects.filter(ticket__is_live=True).exists()


def test_the_views_of_the_team_hold_something(demo):
    views = [saved_queue(view) for view in SavedView.objects.filter(owner=None)]
    manager = User.objects.get(email="claire@maison-lune.example")
    held = {queue.label: queue.tickets(manager, {}).count() for queue in views}
    assert len(held) == 6
    assert min(held.values()) > 0


def test_counts(demo):
    languages = Counter(Ticket.objects.values_list("language", flat=True))
    live = Ticket.objects.live()
    assert demo == Ticket.objects.count() == 301
    assert live.count() == 45
    assert languages == {"fr": 200, "en": 101}
    assert Counter(live.values_list("state", flat=True)) == {"new": 26, "open": 7, "pending": 8, "on_hold": 4}
    assert Ticket.objects.filter(spam=True).count() == 2
    assert min(Ticket.objects.values_list("opened_at", flat=True)) > NOW - timedelta(days=110)


def test_inbox_groups_on_a_working_morning(demo):
    due = live_due()
    assert Counter(group_of(at, NOW, end_of_day(NOW)) for at in due) == {"late": 4, "soon": 6, "today": 20, "later": 3}


def live_due():
    return Ticket.objects.live().filter(waiting_since__isnull=False).values_list("due_at", flat=True)


def assert_waits_are_due():
    shop = Shop.objects.get(key="main")
    for ticket in Ticket.objects.filter(waiting_since__isnull=False):
        assert ticket.due_at == promises.promised_by(shop, ticket.waiting_since)
        first = ticket.messages.filter(author=Author.CUSTOMER, at=ticket.waiting_since)
        assert first.count() == 1
    for ticket in Ticket.objects.live().filter(waiting_since=None):
        assert ticket.state in (State.PENDING, State.ON_HOLD)


def assert_events_tell_the_state():
    """Replaying the state events gives the ticket's state, by allowed steps, in the order of time."""
    for ticket in Ticket.objects.prefetch_related("events"):
        state, events = State.NEW, list(ticket.events.all())
        assert [event.pk for event in events] == sorted(event.pk for event in events)
        assert events[0].kind == EventKind.OPENED
        for event in events:
            if event.kind == EventKind.STATE:
                assert event.data["old"] == state
                assert State(event.data["to"]) in TRANSITIONS[state]
                state = State(event.data["to"])
        assert state == ticket.state


def test_every_event_has_been_reacted_to(demo):
    assert Event.objects.filter(reacted_at=None).count() == 0


def test_no_two_tickets_begin_with_the_same_words(demo):
    openings = Message.objects.filter(joined_by="opened").values_list("text", flat=True)
    assert len(openings) == 301
    assert [text for text, times in Counter(openings).items() if times > 1] == []


def test_texts_are_complete(demo):
    texts = [*Message.objects.values_list("text", flat=True), *Ticket.objects.values_list("subject", flat=True)]
    assert [text for text in texts if re.search(r"[{}]|  |\bNone\b", text) or not text.strip()] == []


def test_there_are_many_stories():
    assert len(FRENCH) + len(ENGLISH) >= 50
    assert sum(len(story.openings) for story in FRENCH) >= 60
    for story in (*FRENCH, *ENGLISH):
        assert len(set(story.openings)) == len(story.openings)


def test_our_people_write_while_we_are_open(demo):
    calendar = Calendar.objects.get(default=True)
    written = Message.objects.filter(author=Author.AGENT, ticket__state__in=[State.SOLVED, State.CLOSED])
    assert [at for at in written.values_list("at", flat=True) if not _open_around(calendar, at)] == []


def _open_around(calendar, at):
    return clock.is_open(calendar, at - timedelta(seconds=1)) or clock.is_open(calendar, at)


def test_promises_are_judged(demo):
    judged = Counter(Promise.objects.values_list("kept", flat=True))
    assert judged[True] > 150
    assert judged[False] > 10
    assert Promise.objects.filter(kept=None, due_at__lt=NOW).count() == 0
    assert Promise.objects.count() == Event.objects.filter(kind=EventKind.ACKNOWLEDGED).count()


def test_a_reply_to_a_demo_mail_finds_its_ticket(demo):
    message = Message.objects.filter(author=Author.AGENT, channel__name="support").exclude(external_id="").first()
    found = threads._named_by(threads.HintKind.ID, message.external_id, message.channel)
    assert found == message.ticket


def test_mails_are_varied(demo):
    assert Message.objects.filter(delivery="failed").count() == 1
    assert Message.objects.filter(author=Author.CUSTOMER, automatic=True).count() >= 2
    assert Message.objects.exclude(visible_until=None).count() > 20
    assert Message.objects.filter(author=Author.CUSTOMER).exclude(html="").count() > 50
    assert Attachment.objects.count() > 15
    assert Message.objects.filter(public=False).count() > 15
    assert Message.objects.filter(stored_at__gt=NOW).count() == 0


def test_orders_are_older_than_the_letters_about_them(demo):
    for ticket in Ticket.objects.filter(orders__isnull=False).prefetch_related("orders", "customer"):
        for order in ticket.orders.all():
            assert order.placed_at < ticket.opened_at
            assert order.customer_id == ticket.customer_id
        assert ticket.customer.created_at < ticket.opened_at


def test_logins_work(demo):
    assert {role for _email, role in DEMO_LOGINS} == {"agent", "lead", "manager", "partner"}
    for email, role in DEMO_LOGINS:
        user = User.objects.get(email=email)
        assert (user.role, user.is_active) == (role, True)
        assert check_password(DEMO_PASSWORD, user.password)


def test_days_in_paris_are_open_and_closed(demo):
    calendar = Calendar.objects.get(default=True)
    paris = ZoneInfo("Europe/Paris")
    assert clock.is_open(calendar, datetime(2026, 11, 18, 9, 0, tzinfo=paris))
    assert not clock.is_open(calendar, datetime(2026, 11, 11, 11, 0, tzinfo=paris))
    assert clock.is_open(calendar, datetime(2026, 11, 21, 12, 59, tzinfo=paris))
    assert {State.NEW} <= LIVE
