"""A simulated quarter against an independent calculation: both clock changes, holidays."""

import random
import time
from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.tickets.histories import past as drawn
from tests.tickets.histories import policy
from tickets import deadlines, rules, timers
from tickets.models import Deadline, Event, EventKind, Message, Promise, Rule, RuleRun, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PARIS = ZoneInfo("Europe/Paris")
HOLIDAYS = {"2026-12-25", "2027-01-01", "2026-11-11"}
SPANS = [(9, 0, 12, 0), (13, 30, 18, 0)]
FIRST, NEXT, SOLUTION = 4 * 3600, 2 * 3600, 16 * 3600
FAR = datetime(2027, 12, 1, tzinfo=UTC)
AMOUNT = 2_000  # tickets a season
PROMISED = [30, 240, 1440, 3000]  # minutes after the opening


def is_open(minute):
    """The oracle's own clock: whether this minute of Paris is an open one."""
    local = minute.astimezone(PARIS)
    if local.weekday() > 4 or local.date().isoformat() in HOLIDAYS:
        return False
    at = local.hour * 60 + local.minute
    return any(a * 60 + b <= at < c * 60 + d for a, b, c, d in SPANS)


def minute_table(start, days):
    """Open minutes one after the other; the n-th open minute since then is a look-up."""
    minutes = (start + timedelta(minutes=n) for n in range(days * 1440))
    return [minute for minute in minutes if is_open(minute)]


def due_by_counting(table, start, seconds, pauses=()):
    """The end of the last open minute needed, pauses left out, all on whole minutes. None while paused at the end."""
    left = seconds // 60
    for minute in table[bisect_left(table, start) :] if pauses else table[bisect_left(table, start) :][:left]:
        if any(begin <= minute < (end or FAR) for begin, end in pauses):
            continue
        left -= 1
        if left == 0:
            return minute + timedelta(minutes=1)
    return None


def history(rng, start, days):
    """What happens to one ticket: (minute, sign), C first; only legal steps."""
    at = start + timedelta(minutes=rng.randrange(days * 1440))
    happenings, state = [(at, "C")], "new"
    for _step in range(rng.randrange(8)):
        at += timedelta(minutes=rng.choice([1, 7, 61, 240, 500, 1441, 4000]))
        sign = rng.choice("CAAAPOSx")
        if sign in "POS":
            if state == sign or (sign == "O" and state == "new"):
                continue
            state = sign
        happenings.append((at, sign))
    return happenings


def judged(table, happenings, now):
    """Straight from KPIS section 4: {(kind, start): (due, state)} of one ticket."""
    found, asked, first = {}, None, True
    for at, sign in happenings:
        if sign == "C":
            asked = asked or at
        if (sign == "A") and asked:
            found["first_reply" if first else "next_reply", asked] = at
            asked, first = None, False
    if asked:
        found["first_reply" if first else "next_reply", asked] = None
    verdicts = {}
    for (kind, start), answer in found.items():
        due = due_by_counting(table, start, FIRST if kind == "first_reply" else NEXT)
        verdicts[kind, start] = (due, "met" if answer and answer <= due else "missed")
    steps = [(at, sign) for at, sign in happenings if sign in "POS"]
    pauses = [
        (at, steps[place + 1][0] if place + 1 < len(steps) else None)
        for place, (at, sign) in enumerate(steps)
        if sign == "P"
    ]
    start = happenings[0][0]
    due = due_by_counting(table, start, SOLUTION, pauses)
    standing = [sign for at, sign in steps if due is None or at <= due]
    state = "met" if standing[-1:] == ["S"] else "paused" if due is None else "missed"
    verdicts["resolution", start] = (due, state)
    return verdicts


def write(histories):
    """The tickets with their pasts, in bulk."""
    shop, customer, agent = factories.shop(), factories.customer(), factories.user()
    fields = {"shop": shop, "channel_kind": "email", "customer": customer}
    tickets = Ticket.objects.bulk_create(
        Ticket(opened_at=past[0][0], last_activity_at=past[-1][0], **fields) for past in histories
    )
    messages, events, names = [], [], {"P": "pending", "O": "open", "S": "solved"}
    for ticket, past in zip(tickets, histories, strict=True):
        for at, sign in past:
            if sign in names:
                step = {"ticket": ticket, "kind": EventKind.STATE, "at": at, "actor": "system"}
                events.append(Event(**step, data={"to": names[sign]}, reacted_at=at))
                continue
            said = {"ticket": ticket, "at": at, "channel_kind": "email", "text": "..."}
            who = {"author": "customer", "customer": customer} if sign == "C" else {"author": "agent", "user": agent}
            messages.append(Message(**said, **who, delivery="failed" if sign == "x" else ""))
    Message.objects.bulk_create(messages)
    Event.objects.bulk_create(events)
    return tickets


def promise_all(tickets, rng):
    """Each customer was told a time when they wrote: (due, whether it will have been kept) by ticket."""
    dues = {one.pk: one.opened_at + timedelta(minutes=rng.choice(PROMISED)) for one in tickets}
    Promise.objects.bulk_create(
        Promise(ticket=one, place="ack", channel_kind="email", shown_at=one.opened_at, due_at=dues[one.pk], text="soon")
        for one in tickets
    )
    return dues


def kept(happenings, due):
    answer = next((at for at, sign in happenings if sign == "A"), None)
    return answer is not None and answer <= due


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "start", [datetime(2026, 10, 12, tzinfo=UTC), datetime(2027, 3, 8, tzinfo=UTC)], ids=["autumn", "spring"]
)
def test_a_quarter_with_a_clock_change_and_holidays_is_judged_as_counting_minutes_does(start):
    exceptions = [{"date": day, "open": []} for day in sorted(HOLIDAYS)]
    factories.calendar(exceptions=exceptions)
    policy(clock="business", first_reply=FIRST, next_reply=NEXT, resolution=SOLUTION)
    rng = random.Random(start.isoformat())
    histories = [history(rng, start, 60) for _number in range(AMOUNT)]
    tickets, table = write(histories), minute_table(start, 150)
    promised = promise_all(tickets, rng)
    begun = time.perf_counter()
    deadlines.settle_many([ticket.pk for ticket in tickets], at=FAR)
    took = time.perf_counter() - begun
    rows = {}
    for row in Deadline.objects.filter(ticket__in=tickets):
        rows.setdefault(row.ticket_id, {})[row.kind, row.started_at] = (row.due_at, row.state)
    different = [
        (past, rows[ticket.pk], judged(table, past, FAR))
        for ticket, past in zip(tickets, histories, strict=True)
        if rows[ticket.pk] != judged(table, past, FAR)
    ]
    assert different[:1] == []
    verdicts = dict(Promise.objects.filter(ticket__in=tickets).values_list("ticket", "kept"))
    assert verdicts == {
        ticket.pk: kept(past, promised[ticket.pk]) for ticket, past in zip(tickets, histories, strict=True)
    }
    assert set(verdicts.values()) == {True, False}
    print(f"{AMOUNT / took:.0f} tickets/s")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "start", [datetime(2026, 10, 19, tzinfo=UTC), datetime(2027, 3, 22, tzinfo=UTC)], ids=["autumn", "spring"]
)
def test_rules_that_wait_run_once_each_at_the_first_sweep_after_counted_minutes(start, time_machine):
    """Four open hours after the opening; a sweep every second hour, on which side of a clock change it may be."""
    factories.calendar(exceptions=[{"date": day, "open": []} for day in sorted(HOLIDAYS)])
    when = {"since": "opened", "seconds": FIRST, "clock": "business"}
    rules.define(Rule(name="Four hours"), by=None, when=when, steps=[{"do": "tag", "add": ["seen"]}])
    rng, table = random.Random(7), minute_table(start, 40)
    tickets = write([[(start + timedelta(minutes=rng.randrange(8 * 1440)), "C")] for _number in range(60)])
    sweeps = [start + timedelta(hours=2 * number) for number in range(14 * 12)]
    ran = defaultdict(list)
    for at in sweeps:
        time_machine.move_to(at, tick=False)
        rules.sweep(at)
        for number in RuleRun.objects.filter(at=at).values_list("ticket", flat=True):
            ran[number].append(at)
    dues = {one.pk: due_by_counting(table, one.opened_at, FIRST) for one in tickets}
    assert ran == {number: [next(at for at in sweeps if at >= due)] for number, due in dues.items()}


@pytest.mark.timeout(300)
def test_a_hundred_thousand_due_at_once_are_told_in_small_batches_the_oldest_first():
    """Each batch is one short transaction that passes over what is locked; when the time is up the rest waits."""
    policy(resolution=None)
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
    ticket = drawn("C", at=monday)
    deadlines.settle_many([ticket.pk], at=monday)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no search words for them
        copy(cursor, ticket, "generate_series(2, 100000) AS number")
        others = f"(SELECT id AS number FROM tickets_ticket WHERE id <> {ticket.pk}) AS made"
        copy(cursor, ticket.messages.get(), others, ticket_id="number")
        copy(cursor, ticket.deadlines.get(), others, ticket_id="number", due_at="due_at + number * interval '1 ms'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with CaptureQueriesContext(connection) as asked:
        handled = timers.sweep(monday + timedelta(hours=2), budget=0)
    locks = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"]]
    assert "SKIP LOCKED" in locks[0]
    told = Deadline.objects.filter(breached_at__isnull=False)
    assert (handled, told.count(), Deadline.objects.count()) == (2 * timers.BATCH, 2 * timers.BATCH, 100_000)
    assert told.latest("due_at").due_at < Deadline.objects.filter(breached_at=None).earliest("due_at").due_at


def copy(cursor, row, source, **changed):
    """A row of the same table for each of `source`, a table expression with a column `number`."""
    names = [field.column for field in row._meta.concrete_fields if not (field.primary_key or field.generated)]
    values = [changed.get(name, name) for name in names]
    table = row._meta.db_table
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM (SELECT * FROM {table} WHERE id = {row.pk}) AS one, {source}"
    )
