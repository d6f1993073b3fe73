"""The demo shop at any moment, and by its command. Slow: each test builds it anew."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from metrics.kpis import KPIS
from metrics.models import Alert, Check
from metrics.scope import Scope
from metrics.windows import DAY, Window
from tests.tickets.test_demo import WEDNESDAY, assert_events_tell_the_state, assert_waits_are_due, story
from tickets.demo.seed import seed
from tickets.models import Event, Message, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SUNDAY_NIGHT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }


def test_two_runs_are_equal():
    told = []
    for now in (WEDNESDAY, WEDNESDAY + timedelta(minutes=13)):
        with transaction.atomic():
            told.append((seed(now), story()))
            transaction.set_rollback(True)
    assert told[0] == told[1]


@time_machine.travel(WEDNESDAY, tick=False)
def test_the_command_runs_once():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    before = story()
    call_command("seed_demo", stdout=out)
    assert story() == before
    assert Check.objects.get().differences == 0
    rush = Alert.objects.get(reason__key="payment-error")
    day = Scope(Window(rush.day, rush.day + DAY, ZoneInfo(rush.shop.timezone)), shop=rush.shop, reason=rush.reason)
    assert rush.n == KPIS["tickets_opened"].measure(day).figure(day).n >= 5
    first, second = out.getvalue().splitlines()
    assert first.startswith("demo shop: 301 tickets; ")
    assert second == "demo shop: already there (shop “main”), nothing changed; 0 answers to surveys; 0 orders"


@pytest.mark.parametrize("now", [SUNDAY_NIGHT, datetime(2027, 3, 28, 0, tzinfo=UTC)])
def test_any_moment_is_a_good_moment(now):
    assert seed(now) == 301
    rounded = now.replace(minute=0)
    assert Ticket.objects.live().count() == 45
    assert Ticket.objects.live().overdue(rounded).count() == 4
    for model in (Message, Event):
        assert model.objects.filter(at__gt=rounded).count() == 0
    assert_waits_are_due()
    assert_events_tell_the_state()
