"""From a timeline to its facts: pure, whole, by the conventions of KPIS section 4."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from hours import totals
from metrics.models import Why
from metrics.timeline import Row, Step, Timeline
from tickets.states import LIVE, State
from tickets.waits import UNREACHED, Said, human_replies, waits

MICROSECOND = timedelta(microseconds=1)
OURS = frozenset({State.NEW, State.OPEN, State.ON_HOLD})  # the states in which the ball is not the customer's (4.21)


@dataclass(slots=True)
class TicketRow:
    """A row of TicketFacts: its columns by their names."""

    ticket_id: int
    shop_id: int
    customer_id: int
    channel_kind: str
    team_id: int | None
    reason_id: int | None
    assignee_id: int | None
    excluded: str
    by_customer: bool
    about_order: bool
    opened_at: datetime
    started_at: datetime
    warnings: list[str] = field(default_factory=list)
    first_reply_at: datetime | None = None
    first_reply_by_id: int | None = None
    first_reply_us: int | None = None
    first_reply_open_us: int | None = None
    acknowledged_at: datetime | None = None
    acknowledge_us: int | None = None
    acknowledge_open_us: int | None = None
    replies: int = 0
    answered_before_at: datetime | None = None
    answered_after_at: datetime | None = None
    first_solved_at: datetime | None = None
    first_solved_by_id: int | None = None
    first_resolution_us: int | None = None
    first_resolution_open_us: int | None = None
    solved_at: datetime | None = None
    solved_by_id: int | None = None
    resolution_us: int | None = None
    resolution_open_us: int | None = None
    requester_wait_us: int | None = None
    requester_wait_open_us: int | None = None
    replies_to_solve: int | None = None
    abandoned_at: datetime | None = None


class WaitRow(NamedTuple):
    """A row of WaitFact."""

    facts_id: int
    shop_id: int
    counted: bool
    started_at: datetime
    ended_at: datetime | None = None
    by_id: int | None = None
    wait_us: int | None = None
    wait_open_us: int | None = None


class SpanRow(NamedTuple):
    """A row of OpenSpan."""

    facts_id: int
    shop_id: int
    counted: bool
    started_at: datetime
    ended_at: datetime | None = None
    solved: bool = False
    by_id: int | None = None
    reopened_us: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored of one ticket."""

    ticket: TicketRow
    waits: list[WaitRow]
    spans: list[SpanRow]


def facts_of(timeline: Timeline, hours: totals.Key | None) -> Facts:
    """Everything that is counted about one ticket. `hours`: the shop's default calendar's; None leaves them null."""
    ruler, row = Ruler(hours), timeline.ticket
    facts = TicketRow(
        ticket_id=row.pk,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        channel_kind=row.channel_kind,
        team_id=row.team_id,
        reason_id=row.reason_id,
        assignee_id=row.assignee_id,
        excluded=_why(row),
        by_customer=row.opened_by_customer,
        about_order=row.about_order,
        opened_at=row.opened_at,
        started_at=timeline.started_at,
        abandoned_at=timeline.abandoned_at,
    )
    _first_reply(facts, timeline, ruler)
    spans = _spans(row, timeline.steps)
    _solves(facts, timeline, spans, ruler)
    rows = _waits(row, timeline.said, ruler)
    ends = [wait.ended_at for wait in rows if wait.ended_at]
    facts.answered_before_at = max((at for at in ends if at < row.opened_at), default=None)
    facts.answered_after_at = min((at for at in ends if at >= row.opened_at), default=None)
    found = Facts(facts, rows, spans)
    facts.warnings = sorted(ruler.warnings)
    return found


class Ruler:
    """Measures in both clocks. What would be negative is 0, with a warning (edge case 24)."""

    __slots__ = ("hours", "warnings")

    def __init__(self, hours: totals.Key | None) -> None:
        self.hours, self.warnings = hours, set[str]()

    def us(self, start: datetime, end: datetime, what: str) -> int:
        if end < start:
            self.warnings.add(f"{what}-before-start")
            return 0
        return (end - start) // MICROSECOND

    def open_us(self, start: datetime, end: datetime) -> int | None:
        if self.hours is None:
            return None
        return totals.between(self.hours, totals.micros(start), totals.micros(end)) if end > start else 0


def _why(row: Row) -> str:
    if row.is_test:
        return Why.TEST.value
    if row.spam:
        return Why.SPAM.value
    if row.deleted_at:
        return Why.DELETED.value
    return Why.MERGED.value if row.merged_into_id else Why.COUNTED.value


def _about(row: Row) -> tuple[int, int, bool]:
    return row.pk, row.shop_id, _why(row) == Why.COUNTED


def _first_reply(facts: TicketRow, timeline: Timeline, ruler: Ruler) -> None:
    start = timeline.started_at
    facts.replies = len(human_replies(timeline.said))
    reply = next((one for one in timeline.said if one.answers), None)
    if reply is not None:
        facts.first_reply_at, facts.first_reply_by_id = reply.at, reply.user_id
        facts.first_reply_us = ruler.us(start, reply.at, "reply")
        facts.first_reply_open_us = ruler.open_us(start, reply.at)
    if timeline.ticket.opened_by_customer:
        acknowledgement = next((one for one in timeline.said if acknowledges(one)), None)
        if acknowledgement is not None:
            facts.acknowledged_at = acknowledgement.at
            facts.acknowledge_us = ruler.us(start, acknowledgement.at, "acknowledgement")
            facts.acknowledge_open_us = ruler.open_us(start, acknowledgement.at)


def acknowledges(one: Said) -> bool:
    """An automatic answer that left; what a bot says is no acknowledgement (KPIS section 2)."""
    return one.author == "auto" and one.public and one.side_id is None and one.delivery not in UNREACHED


def _waits(row: Row, said: list[Said], ruler: Ruler) -> list[WaitRow]:
    rows, about = [], _about(row)
    for wait in waits(said, opened_by_customer=row.opened_by_customer):
        start, reply = wait.start, wait.reply
        if reply is None:
            rows.append(WaitRow(*about, start))
        else:
            us, open_us = ruler.us(start, reply.at, "reply"), ruler.open_us(start, reply.at)
            rows.append(WaitRow(*about, start, reply.at, reply.user_id, us, open_us))
    return rows


def _spans(row: Row, steps: list[Step]) -> list[SpanRow]:
    """The stretches in which the ticket was unsolved, in order; each but the first begins with a reopening."""
    about = _about(row)
    spans = [SpanRow(*about, row.opened_at)]
    for step in steps:
        last, live = spans[-1], step.to in LIVE
        if last.ended_at is None and not live:
            spans[-1] = last._replace(ended_at=step.at, by_id=step.user_id, solved=step.to == State.SOLVED)
        elif last.ended_at is not None and live:
            spans[-1] = last._replace(reopened_us=max(0, (step.at - last.ended_at) // MICROSECOND))
            spans.append(SpanRow(*about, step.at))
    return spans


def _solves(facts: TicketRow, timeline: Timeline, spans: list[SpanRow], ruler: Ruler) -> None:
    start = timeline.started_at
    first = next((span for span in spans if span.solved), None)
    if first is not None and first.ended_at is not None:
        facts.first_solved_at, facts.first_solved_by_id = first.ended_at, first.by_id
        facts.first_resolution_us = ruler.us(start, first.ended_at, "solve")
        facts.first_resolution_open_us = ruler.open_us(start, first.ended_at)
    last = spans[-1]
    if last.solved and last.ended_at is not None:
        facts.solved_at, facts.solved_by_id = last.ended_at, last.by_id
        facts.resolution_us = ruler.us(start, last.ended_at, "solve")
        facts.resolution_open_us = ruler.open_us(start, last.ended_at)
        facts.replies_to_solve = len(human_replies(timeline.said, until=last.ended_at))
        spent = ours(timeline, last.ended_at)
        facts.requester_wait_us = sum(ruler.us(begin, end, "state") for begin, end in spent)
        if ruler.hours is not None:
            facts.requester_wait_open_us = sum(ruler.open_us(begin, end) or 0 for begin, end in spent)


def ours(timeline: Timeline, until: datetime) -> list[tuple[datetime, datetime]]:
    """The intervals up to `until` in which the ticket was new, open or on hold."""
    found, state, since = [], str(State.NEW), timeline.ticket.opened_at
    for step in timeline.steps:
        if step.at > until:
            break
        if state in OURS:
            found.append((since, step.at))
        state, since = step.to, step.at
    return found
