"""Very many timers due at once: `STORM=100000 pytest -m slow tests/tickets/test_timers_many.py` tells them all."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from tests import factories
from tests.tickets.histories import past, policy
from tickets import deadlines, timers
from tickets.models import Deadline, Event, Notification

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AMOUNT = int(os.environ.get("STORM", "3000"))
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=2)


@pytest.mark.timeout(3600)
def test_a_storm_is_told_in_small_batches_the_oldest_first_and_people_hear_of_it_in_a_few_lines():
    """A batch is one short transaction that passes over what is locked; when the time is up, the rest waits."""
    leads = [factories.user(role=Role.LEAD, presence="online") for _number in range(5)]
    _all_due_an_hour_ago()
    with CaptureQueriesContext(connection) as asked:
        handled = timers.sweep(LATER, budget=0)
    assert "SKIP LOCKED" in next(one["sql"] for one in asked if "FOR UPDATE" in one["sql"])
    told = Deadline.objects.filter(breached_at__isnull=False)
    assert (handled, told.count()) == (2 * timers.BATCH, 2 * timers.BATCH)  # one for each kind with something due
    assert told.latest("due_at").due_at < Deadline.objects.filter(breached_at=None).earliest("due_at").due_at
    begun = time.process_time()
    while timers.sweep(LATER):
        pass
    print(f"{1000 * (time.process_time() - begun) / AMOUNT:.2f} ms of CPU each")
    kinds = [Event.objects.filter(kind=kind).values("ticket").distinct().count() for kind in ("breached", "escalated")]
    assert (kinds, Event.objects.count()) == ([AMOUNT] * 2, 2 * AMOUNT)
    lines = Notification.objects.filter(user__in=leads)
    assert lines.count() <= 4 * len(leads)  # two kinds, twice if an hour ends meanwhile
    assert lines.filter(kind="escalated").aggregate(all=Sum("count"))["all"] == AMOUNT


def _all_due_an_hour_ago():
    policy(resolution=None)
    ticket = past("C", at=MONDAY)
    deadlines.settle_many([ticket.pk], at=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no search words for them
        _copy(cursor, ticket, f"generate_series(2, {AMOUNT}) AS number")
        others = f"(SELECT id AS number FROM tickets_ticket WHERE id <> {ticket.pk}) AS made"
        _copy(cursor, ticket.messages.get(), others, ticket_id="number")
        later = "+ (number - (SELECT min(id) FROM tickets_ticket)) * interval '1 ms'"
        moments = {"due_at": f"due_at {later}", "warn_at": f"warn_at {later}"}
        _copy(cursor, ticket.deadlines.get(), others, ticket_id="number", **moments)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _copy(cursor, row, source, **changed):
    """A row of the same table for each of `source`, a table expression with a column `number`."""
    names = [field.column for field in row._meta.concrete_fields if not (field.primary_key or field.generated)]
    values = [changed.get(name, name) for name in names]
    table = row._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM {table} WHERE id = {row.pk}) AS one, {source}"
    )
