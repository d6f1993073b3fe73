"""When a target is due and how it stands: pure, from a timeline and a clock (KPIS 4.10 and 4.22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.calendars import Timer
from tickets.models import Deadline
from tickets.states import DONE, State
from tickets.waits import Wait

StateChange = tuple[datetime, str]  # when, into which state; ordered


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a deadline stands. `due_at` is None while paused, or when the opening hours never come."""

    state: Deadline.State
    due_at: datetime | None
    ended_at: datetime | None = None


def kind_of(wait: Wait) -> Deadline.Kind:
    return Deadline.Kind.FIRST_REPLY if wait.first else Deadline.Kind.NEXT_REPLY


def of_reply(wait: Wait, due_at: datetime | None, at: datetime) -> Verdict:
    """A reply at the due second is in time. Solving without a word is no reply: silence must not improve figures."""
    if wait.end is not None:
        in_time = due_at is None or wait.end <= due_at
        return Verdict(Deadline.State.MET if in_time else Deadline.State.MISSED, due_at, wait.end)
    late = due_at is not None and due_at < at
    return Verdict(Deadline.State.MISSED if late else Deadline.State.RUNNING, due_at)


def of_resolution(changes: Sequence[StateChange], due_at: datetime | None, at: datetime) -> Verdict:
    """Judged by the state at the due moment; until then by the state now. Closed without a solve: cancelled.

    A solve that is undone before the due moment runs on; one undone after it stays met.
    """
    moment = at if due_at is None else min(at, due_at)
    now, since = _standing(changes, moment)
    if now == State.SOLVED:
        return Verdict(Deadline.State.MET, due_at, since)
    if now == State.CLOSED:
        return Verdict(Deadline.State.CANCELLED, due_at, since)
    if due_at is None:
        return Verdict(Deadline.State.PAUSED if now == State.PENDING else Deadline.State.RUNNING, None)
    if due_at < at:
        late = next((when for when, to in changes if when > due_at and to == State.SOLVED), None)
        return Verdict(Deadline.State.MISSED, due_at, late)
    return Verdict(Deadline.State.RUNNING, due_at)


def due_with_pauses(
    timer: Timer, start: datetime, seconds: float, changes: Sequence[StateChange], at: datetime
) -> datetime | None:
    """When `seconds` will have passed since `start`, not counting the time spent pending. None while paused."""
    due_at = timer.due(start, seconds)
    for begin, end in _pauses(changes, at):
        if due_at is None or begin >= due_at:
            return due_at
        if end is None:
            return None
        left = timer.elapsed(max(begin, start), due_at)
        due_at = timer.due(max(end, start), left)
    return due_at


def _pauses(changes: Sequence[StateChange], at: datetime) -> list[tuple[datetime, datetime | None]]:
    pauses: list[tuple[datetime, datetime | None]] = []
    begin: datetime | None = None
    for when, to in changes:
        if when > at:
            break
        if to == State.PENDING:
            begin = begin or when
        elif begin is not None:
            pauses.append((begin, when))
            begin = None
    return pauses if begin is None else [*pauses, (begin, None)]


def _standing(changes: Sequence[StateChange], at: datetime) -> tuple[str, datetime | None]:
    """The state at an instant and since when. Closing leaves a solved ticket solved; a closed one is past solving."""
    state, since = str(State.NEW), None
    for when, to in changes:
        if when > at:
            break
        if state in DONE and to in DONE:
            continue
        if to != state:
            state, since = to, when
    return state, since


def last_done(changes: Sequence[StateChange], at: datetime) -> datetime | None:
    """When the ticket was last solved or closed; None if never."""
    return next((when for when, to in reversed(changes) if to in DONE and when <= at), None)
