"""Deadlines, waits and promises of a ticket, recomputed from its timeline: the same whatever the order of calls.

What was promised is frozen when it starts: a row (ticket, kind, start; place, where several start at one instant) keeps
its policy, target, clock and calendar.
Everything else (due, state, verdicts, `waiting_since`, `due_at`) follows from what was said and done.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from helpdesk.lib import bulk
from tickets import promises, verdicts
from tickets.calendars import Timer
from tickets.models import Clock, Deadline, Message, Promise, Ticket
from tickets.sla import Policies, target_of
from tickets.states import DONE, State
from tickets.timelines import Timeline, timelines_of
from tickets.verdicts import Verdict
from tickets.waits import Wait

Key = tuple[str, datetime, int]  # kind, start, place
BATCH = 500
ROW_FIELDS = ["due_at", "warn_at", "state", "ended_at", "warned_at", "breached_at"]


def settle(ticket: Ticket, *, at: datetime | None = None) -> None:
    """Recompute one locked ticket, inside the caller's transaction, and save what of it has changed. What happens on a
    merged one counts where it is read."""
    home = [Ticket.objects.locked().get(pk=ticket.survivor().pk)] if ticket.merged_into_id else []
    settle_locked([ticket, *home], at=at or timezone.now())


def begin(ticket: Ticket, first: Message) -> None:
    """Settle a ticket of which `first` is all that there is: nothing need be read. The caller saves the ticket."""
    at = timezone.now()
    batch = Batch([ticket], at, {ticket.pk: Timeline.of_first(ticket, first)}, {}, {})
    batch.settle(ticket)
    batch.save()


@transaction.atomic
def settle_many(ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Settle imported history, in batches of few queries. Nobody will be told of what is late in it.

    Locks the tickets in the order of their numbers. Returns how many there were.
    """
    at, wanted, done = at or timezone.now(), sorted(set(ids)), 0
    for first in range(0, len(wanted), BATCH):
        rows = Ticket.objects.locked().select_related("shop", "channel", "customer", "team", "reason")
        tickets = list(rows.filter(pk__in=wanted[first : first + BATCH]).order_by("pk"))
        settle_locked(tickets, at=at, told=True)
        done += len(tickets)
    return done


def settle_locked(tickets: Sequence[Ticket], *, at: datetime, told: bool = False) -> None:
    """Settle tickets that the caller has locked. `told`: nobody need be told any more of what is late by now."""
    before = {one.pk: (one.waiting_since, one.due_at) for one in tickets}
    _settle_all(tickets, at, told=told)
    changed = [one for one in tickets if (one.waiting_since, one.due_at) != before[one.pk]]
    bulk.store(changed, ["waiting_since", "due_at"])


def _settle_all(tickets: Sequence[Ticket], at: datetime, *, told: bool) -> None:
    if not tickets:
        return
    ids = [one.pk for one in tickets]
    rows: dict[int, dict[Key, Deadline]] = {}
    for row in Deadline.objects.filter(ticket__in=ids).select_related("calendar", "policy"):
        rows.setdefault(row.ticket_id, {})[row.kind, row.started_at, row.place] = row
    timelines = timelines_of(ids)
    families = {member: one.pk for one in tickets if not one.merged_into_id for member in timelines[one.pk].tickets}
    shown: dict[int, list[Promise]] = {}
    for promise in Promise.objects.filter(ticket__in=list(families)):
        shown.setdefault(families[promise.ticket_id], []).append(promise)
    batch = Batch(tickets, at, timelines, rows, shown, told=told)
    if len(tickets) > 1:
        batch.policies.prepare(tickets)
    for ticket in tickets:
        batch.settle(ticket)
    batch.save()


@dataclass
class Batch:
    """Some tickets with all that settling them needs, and what is to be written at the end."""

    tickets: Sequence[Ticket]
    at: datetime
    timelines: dict[int, Timeline]
    rows: dict[int, dict[Key, Deadline]]
    promises: dict[int, list[Promise]]
    told: bool = False  # history: late rows count as told
    new: list[Deadline] = field(default_factory=list)
    changed: list[Deadline] = field(default_factory=list)
    judged: list[Promise] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.policies = Policies(one.shop_id for one in self.tickets)

    def settle(self, ticket: Ticket) -> None:
        """Reckon one ticket: its rows, promises and the two fields that lists are sorted by."""
        timeline, rows = self.timelines[ticket.pk], self.rows.get(ticket.pk, {})
        waits = timeline.waits(ticket, until=self.at)
        told = self.promises.get(ticket.pk, ())
        self.judged += promises.judge(told, waits, timeline.replies(until=self.at), self.at)
        if ticket.spam or ticket.deleted_at is not None or ticket.merged_into_id is not None:
            ticket.waiting_since = ticket.due_at = None
            self._cancel(rows.values())
            return
        live: dict[Key, Deadline] = {}
        places = Counter[tuple[str, datetime]]()
        for wait in timeline.awaited(ticket, waits, until=self.at):
            kind = verdicts.kind_of(wait)
            key = (kind, wait.start, places[kind, wait.start])
            places[kind, wait.start] += 1
            if row := self._row(ticket, key, timeline.learned(wait.asked), rows):
                live[key] = row
                self._judge_reply(row, wait)
        key = (Deadline.Kind.RESOLUTION, timeline.start, 0)
        if row := self._row(ticket, key, timeline.learned_start, rows):
            live[key] = row
            self._judge_resolution(row, timeline)
        self._cancel(row for key, row in rows.items() if key not in live)
        self._wait_of(ticket, waits, timeline, {(kind, start): row for (kind, start, _place), row in live.items()})

    def save(self) -> None:
        if len(self.tickets) > 1:
            bulk.insert(self.new)
        elif self.new:
            Deadline.objects.bulk_create(self.new)
        bulk.store(self.changed, ROW_FIELDS)
        bulk.store(self.judged, ["kept", "judged_at"])

    def _row(self, ticket: Ticket, key: Key, learned: datetime, rows: dict[Key, Deadline]) -> Deadline | None:
        """The row of this target: the frozen one, or a new one by the policy in force when we learned of it."""
        if row := rows.get(key):
            return row
        kind, start, place = key
        policy = self.policies.of(ticket, learned)
        target = target_of(policy, kind) if policy else None
        if policy is None or target is None:
            return None
        row = Deadline(
            ticket=ticket,
            kind=kind,
            policy=policy,
            policy_version=policy.version,
            clock=policy.clock,
            calendar=self.policies.timer(ticket, policy.clock).calendar,
            target=target,
            started_at=start,
            place=place,
        )
        if policy.clock == Clock.BUSINESS and row.calendar is None:
            row.clock = Clock.CALENDAR  # a shop without hours is always open
        rows[key] = row
        self.rows[ticket.pk] = rows
        return row

    def _judge_reply(self, row: Deadline, wait: Wait) -> None:
        timer = Timer(row.calendar)
        due_at = row.due_at or timer.due(row.started_at, row.target)
        warn_at = row.warn_at or timer.due(row.started_at, row.target * warn_share(row))
        self._note(row, verdicts.of_reply(wait, due_at, self.at), warn_at)

    def _judge_resolution(self, row: Deadline, timeline: Timeline) -> None:
        timer, changes = Timer(row.calendar), timeline.states
        due_at, warn_at = row.due_at, row.warn_at
        if due_at is None or any(to == State.PENDING for _when, to in changes):
            share = row.target * warn_share(row)
            due_at = verdicts.due_with_pauses(timer, row.started_at, row.target, changes, self.at)
            warn_at = verdicts.due_with_pauses(timer, row.started_at, share, changes, self.at)
        self._note(row, verdicts.of_resolution(changes, due_at, self.at), warn_at)

    def _note(self, row: Deadline, verdict: Verdict, warn_at: datetime | None) -> None:
        old = (row.due_at, row.warn_at, row.state, row.ended_at, row.warned_at, row.breached_at)
        row.due_at, row.warn_at = verdict.due_at, warn_at
        row.state, row.ended_at = verdict.state, verdict.ended_at
        if self.told:
            row.warned_at = row.warned_at or (warn_at if warn_at and warn_at <= self.at else None)
            if verdict.state == Deadline.State.MISSED:
                row.breached_at = row.breached_at or verdict.due_at
        if row._state.adding:
            self.new.append(row)
        elif old != (row.due_at, row.warn_at, row.state, row.ended_at, row.warned_at, row.breached_at):
            self.changed.append(row)

    def _cancel(self, rows: Iterable[Deadline]) -> None:
        """What does not count now: frozen, so that undoing a merge or a bin brings it back."""
        for row in rows:
            if row.state != Deadline.State.CANCELLED or row.ended_at is not None:
                row.state, row.ended_at = Deadline.State.CANCELLED, None
                self.changed.append(row)

    def _wait_of(
        self, ticket: Ticket, waits: list[Wait], timeline: Timeline, rows: dict[tuple[str, datetime], Deadline]
    ) -> None:
        """What the lists sort by. A solve without a word ends the wait knowingly, until the customer writes again.

        `rows` by kind and start: of several that start at one instant the last.
        """
        ticket.waiting_since = ticket.due_at = None
        if State(ticket.state) in DONE or not waits or waits[-1].end is not None:
            return
        start = timeline.waiting_since(until=self.at)
        if start is None:
            return
        ticket.waiting_since = start
        wait = waits[-1]
        row = rows.get((verdicts.kind_of(wait), wait.start))
        if row is None:
            ticket.due_at = promises.promised_by(ticket.shop, start, self.policies.timer(ticket, Clock.BUSINESS))
        elif row.started_at == start:
            ticket.due_at = row.due_at
        else:
            ticket.due_at = Timer(row.calendar).due(start, row.target)


def warn_share(row: Deadline) -> float:
    """The part of its target after which the desk is warned."""
    return (row.policy.warn_at_percent if row.policy else 75) / 100
