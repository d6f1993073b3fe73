"""A report leaves once, at its hour on the shop's own clock, with the figures that the page shows (S17)."""

from datetime import UTC, datetime, time

import pytest
import time_machine
from django.core import mail

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from metrics.models import Report
from metrics.reports import covered, last_due, next_due, schedule, send_due
from tests import factories
from tests.metrics.timelines import drawn

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 3, 24, 12, tzinfo=UTC)


@pytest.fixture
def manager() -> User:
    return factories.user("claire@example.com", role=Role.MANAGER, language="en", first_name="Claire")


def weekly(people: list[User], zone: str = "Europe/Paris", every: str = "week") -> Report:
    shop = factories.shop(timezone=zone)
    with time_machine.travel(TUESDAY, tick=False):
        return schedule(shop, people, every=every, weekday=0, hour=time(8), by=people[0])


def test_it_leaves_on_monday_at_eight_in_paris_whatever_the_summer_time(manager: User) -> None:
    report = weekly([manager])
    before, after = datetime(2026, 3, 30, 5, 59, tzinfo=UTC), datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
    assert last_due(report, before) == datetime(2026, 3, 23, 7, 0, tzinfo=UTC)
    assert last_due(report, after) == next_due(report, before) == after
    days = covered(report, after)
    assert (days.since.isoformat(), days.until.isoformat()) == ("2026-03-23", "2026-03-30")


def test_it_leaves_once(manager: User, django_capture_on_commit_callbacks: object) -> None:
    drawn("2026-03-25 10:00", ("2026-03-25 11:00", "agent"))
    weekly([manager])
    sent = []
    for at in (TUESDAY, datetime(2026, 3, 30, 6, 5, tzinfo=UTC), datetime(2026, 3, 30, 6, 6, tzinfo=UTC)):
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            sent.append(send_due(at))
    assert sent == [0, 1, 0]
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["claire@example.com"], "Maison Lune: figures of 23 Mar – 29 Mar 2026")
    ]
    assert "First response time: 1\u00a0h" in mail.outbox[0].body
    assert "/figures/?period=custom&since=2026-03-23&until=2026-03-29&shop=main" in mail.outbox[0].body


def test_a_monthly_one_tells_of_the_month_before(manager: User) -> None:
    report = weekly([manager], every="month")
    due = last_due(report, datetime(2026, 4, 15, 12, tzinfo=UTC))
    assert due == datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
    assert (covered(report, due).since.isoformat(), covered(report, due).days) == ("2026-03-01", 31)


def test_who_may_not_see_figures_gets_none(manager: User) -> None:
    with pytest.raises(Refused):
        weekly([factories.user(role=Role.AGENT)])
    assert not Report.objects.exists()
