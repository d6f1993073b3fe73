"""A quarter lived through, sweep by sweep, against the same on paper (quarter.py): every deadline, warning, breach,
promise and run of a rule. 20,000 tickets: `QUARTER=20000 pytest -m slow tests/tickets/test_quarter.py`.
"""

import os
import random
import time
from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction

from hours.actions import set_hours
from tests import factories
from tests.tickets import quarter as paper
from tests.tickets.histories import policy
from tickets import deadlines, rules, timers
from tickets.models import Deadline, Event, EventKind, Message, Priority, Promise, Rule, RuleRun, Ticket
from tickets.sla import revise

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AMOUNT = int(os.environ.get("QUARTER", "1000")) // 2  # tickets a season
BEFORE = {"first_reply": 240, "next_reply": 120, "resolution": 960}  # minutes
AFTER = {"first_reply": 120, "next_reply": 60, "resolution": 480}
WATCHED = 480  # minutes of waiting after which the rule looks
PROMISED = [30, 240, 1440, 3000]  # minutes after the opening


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("season", [paper.AUTUMN, paper.SPRING], ids=["autumn", "spring"])
def test_a_quarter_is_lived_as_it_stands_on_paper(season, time_machine):
    begun = time.process_time()
    rng = random.Random(season.first.isoformat())
    sweeps = _sweeps(rng, season)
    terms = _furnish(season)
    shop = _Shop(rng, [paper.drawn(rng, season.first) for _number in range(AMOUNT)])
    changed = next(at for at in sweeps if at >= season.change)
    for at in sweeps:
        time_machine.move_to(at, tick=False)
        shop.live_until(at)
        timers.sweep(at, budget=1e9)
        rules.sweep(at)
        if at == changed:
            _shorten(terms, at)
    print(f"{1000 * (time.process_time() - begun) / AMOUNT:.1f} ms of CPU a ticket")
    shop.compare(season, sweeps, lambda asked: BEFORE if asked <= changed else AFTER)


def _sweeps(rng, season):
    """Every few hours for 120 days, on any minute; once, in the second week, nothing for three days."""
    at, found = season.first, []
    while at < season.first + timedelta(days=120):
        at += timedelta(minutes=rng.randrange(30, 1200))
        if not timedelta(days=9) < at - season.first < timedelta(days=12):
            found.append(at)
    return found


def _furnish(season):
    """The hours, planned changes included, the targets and a rule that waits."""
    special = [{"date": day, "open": [list(span) for span in spans]} for day, spans in season.special.items()]
    closed = [{"date": day, "open": []} for day in sorted(season.closed)]
    date, opens, closes = season.campaign
    calendar = factories.calendar(
        weekly=_week(paper.WEEK),
        exceptions=closed + special,
        campaigns=[{"date": date, "from": opens, "until": closes}],
    )
    set_hours(calendar, valid_from=season.later, weekly=_week(paper.LATER))
    when = {"since": "waiting_since", "seconds": WATCHED * 60, "clock": "business"}
    urgent = {"all": [{"field": "ticket.priority", "is": "is", "value": ["urgent"]}]}
    rules.define(Rule(name="Watch"), by=None, when=when, conditions=urgent, steps=[{"do": "no_survey"}])
    return policy(clock="business", escalate_every=None, **{kind: 60 * n for kind, n in BEFORE.items()})


def _week(spans):
    return {day: [list(span) for span in spans] for day in ("mon", "tue", "wed", "thu", "fri")}


def _shorten(terms, at):
    revise(terms, {kind: 60 * minutes for kind, minutes in AFTER.items()}, at=at)
    terms.save()


class _Shop:
    """The tickets, written as time goes by; each settled as soon as something has happened to it."""

    def __init__(self, rng, histories):
        self.histories = sorted(histories)
        self.priorities = [Priority.URGENT if rng.random() < 0.1 else Priority.NORMAL for _one in histories]
        self.promised = [timedelta(minutes=rng.choice(PROMISED)) for _one in histories]
        self.to_come = sorted(
            (at, number, sign) for number, history in enumerate(self.histories) for at, sign in history
        )
        self.tickets = []
        self.shop, self.customer, self.agent = factories.shop(), factories.customer(), factories.user()

    def live_until(self, now):
        happened = defaultdict(list)
        while self.to_come and self.to_come[0][0] <= now:
            at, number, sign = self.to_come.pop(0)
            happened[number].append((at, sign))
        with transaction.atomic():
            self._open([number for number in sorted(happened) if number >= len(self.tickets)], now)
            self._write(happened)
            held = Ticket.objects.locked().select_related("shop", "channel", "customer", "team", "reason")
            numbers = [self.tickets[number].pk for number in happened]
            for first in range(0, len(numbers), 500):
                deadlines.settle_locked(list(held.filter(pk__in=numbers[first : first + 500])), at=now)

    def _open(self, numbers, now):
        fields = {"shop": self.shop, "channel_kind": "email", "customer": self.customer, "last_activity_at": now}
        made = [
            Ticket(opened_at=self.histories[number][0][0], priority=self.priorities[number], **fields)
            for number in numbers
        ]
        self.tickets += Ticket.objects.bulk_create(made)
        told = {"place": "ack", "channel_kind": "email", "text": "soon"}
        Promise.objects.bulk_create(
            Promise(ticket=one, shown_at=one.opened_at, due_at=one.opened_at + self.promised[number], **told)
            for number, one in zip(numbers, made, strict=True)
        )

    def _write(self, happened):
        messages, events, states = [], [], defaultdict(list)
        for number, history in happened.items():
            ticket = self.tickets[number]
            for at, sign in history:
                if sign in paper.STATES:
                    step = {"ticket": ticket, "kind": EventKind.STATE, "at": at, "actor": "system", "reacted_at": at}
                    events.append(Event(**step, data={"to": paper.STATES[sign]}))
                    continue
                said = {"ticket": ticket, "at": at, "channel_kind": "email", "text": "..."}
                who = {"author": "customer", "customer": self.customer}
                who = who if sign == "C" else {"author": "agent", "user": self.agent}
                messages.append(Message(**said, **who, delivery="failed" if sign == "x" else ""))
            if steps := [(at, sign) for at, sign in history if sign in paper.STATES]:
                at, sign = steps[-1]
                states[paper.STATES[sign], at if sign == "S" else None].append(ticket.pk)
        Message.objects.bulk_create(messages)
        Event.objects.bulk_create(events)
        for (state, solved_at), numbers in states.items():
            Ticket.objects.filter(pk__in=numbers).update(state=state, solved_at=solved_at)

    def compare(self, season, sweeps, targets):
        rows, told, ran = defaultdict(dict), defaultdict(set), defaultdict(set)
        for row in Deadline.objects.all():
            rows[row.ticket_id][row.kind, row.started_at] = (row.due_at, row.state)
        for number, kind, at, data in Event.objects.filter(kind__in=["warned", "breached"]).values_list(
            "ticket", "kind", "at", "data"
        ):
            told[number, kind].add((data["deadline"], at))
        for number, at in RuleRun.objects.filter(refused="").values_list("ticket", "at"):
            ran[number].add(at)
        kept = dict(Promise.objects.values_list("ticket", "kept"))
        assert len(self.tickets) == AMOUNT
        for number, (ticket, history) in enumerate(zip(self.tickets, self.histories, strict=True)):
            judged = paper.verdicts(season, history, targets)
            assert rows[ticket.pk] == judged
            assert told[ticket.pk, "breached"] == paper.breaches(history, judged, sweeps)
            assert told[ticket.pk, "warned"] == paper.warnings(season, history, targets, sweeps)
            urgent = self.priorities[number] == Priority.URGENT
            assert ran[ticket.pk] == (paper.runs(season, history, WATCHED, sweeps) if urgent else set())
            answer = next((at for at, sign in history if sign == "A"), None)
            assert kept[ticket.pk] == (answer is not None and answer <= history[0][0] + self.promised[number])
        assert {state for found in rows.values() for _due, state in found.values()} == {"met", "missed", "paused"}
        assert ran
        assert set(kept.values()) == {True, False}
