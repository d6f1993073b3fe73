"""From a timeline to its facts: pure, whole, by the conventions of KPIS section 4."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hours import totals
from metrics.models import OpenSpan, TicketFacts, WaitFact, Why
from metrics.timeline import Row, Step, Timeline
from tickets.states import LIVE, State
from tickets.waits import UNREACHED, Said, human_replies, waits

MICROSECOND = timedelta(microseconds=1)
OURS = frozenset({State.NEW, State.OPEN, State.ON_HOLD})  # the states in which the ball is not the customer's (4.21)


@dataclass(frozen=True, slots=True)
class Facts:
    """Unsaved rows of one ticket."""

    ticket: TicketFacts
    waits: list[WaitFact]
    spans: list[OpenSpan]


def facts_of(timeline: Timeline, hours: totals.Key | None) -> Facts:
    """Everything that is counted about one ticket. `hours`: the shop's default calendar's; None leaves them null."""
    ruler, row = Ruler(hours), timeline.ticket
    facts = TicketFacts(
        ticket_id=row.pk,
        shop_id=row.shop_id,
        customer_id=row.customer_id,
        channel_kind=row.channel_kind,
        team_id=row.team_id,
        reason_id=row.reason_id,
        assignee_id=row.assignee_id,
        excluded=_why(row),
        by_customer=row.opened_by_customer,
        opened_at=row.opened_at,
        started_at=timeline.started_at,
        abandoned_at=timeline.abandoned_at,
    )
    _first_reply(facts, timeline, ruler)
    spans = _spans(row, timeline.steps)
    _solves(facts, timeline, spans, ruler)
    facts.warnings = sorted(ruler.warnings)
    return Facts(facts, _waits(row, timeline.said, ruler), spans)


class Ruler:
    """Measures in both clocks. What would be negative is 0, with a warning (edge case 24)."""

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


def _why(row: Row) -> Why:
    if row.is_test:
        return Why.TEST
    if row.spam:
        return Why.SPAM
    if row.deleted_at:
        return Why.DELETED
    return Why.MERGED if row.merged_into_id else Why.COUNTED


def _first_reply(facts: TicketFacts, timeline: Timeline, ruler: Ruler) -> None:
    start = timeline.started_at
    facts.replies = len(human_replies(timeline.said))
    reply = next((one for one in timeline.said if one.answers), None)
    if reply is not None:
        facts.first_reply_at, facts.first_reply_by_id = reply.at, reply.user_id
        facts.first_reply_us = ruler.us(start, reply.at, "reply")
        facts.first_reply_open_us = ruler.open_us(start, reply.at)
    if timeline.ticket.opened_by_customer:
        acknowledgement = next((one for one in timeline.said if _acknowledges(one)), None)
        if acknowledgement is not None:
            facts.acknowledged_at = acknowledgement.at
            facts.acknowledge_us = ruler.us(start, acknowledgement.at, "acknowledgement")
            facts.acknowledge_open_us = ruler.open_us(start, acknowledgement.at)


def _acknowledges(one: Said) -> bool:
    spoken = one.author in ("auto", "bot") and one.public and one.side_id is None
    return spoken and one.delivery not in UNREACHED


def _waits(row: Row, said: list[Said], ruler: Ruler) -> list[WaitFact]:
    rows = []
    for wait in waits(said, opened_by_customer=row.opened_by_customer):
        fact = WaitFact(facts_id=row.pk, started_at=wait.start)
        if wait.reply is not None:
            fact.ended_at, fact.by_id = wait.reply.at, wait.reply.user_id
            fact.wait_us = ruler.us(wait.start, wait.reply.at, "reply")
            fact.wait_open_us = ruler.open_us(wait.start, wait.reply.at)
        rows.append(fact)
    return rows


def _spans(row: Row, steps: list[Step]) -> list[OpenSpan]:
    """The stretches in which the ticket was unsolved, in order; each but the first begins with a reopening."""
    spans = [OpenSpan(facts_id=row.pk, started_at=row.opened_at)]
    for step in steps:
        last, live = spans[-1], step.to in LIVE
        if last.ended_at is None and not live:
            last.ended_at, last.by_id, last.solved = step.at, step.user_id, step.to == State.SOLVED
        elif last.ended_at is not None and live:
            last.reopened_us = max(0, (step.at - last.ended_at) // MICROSECOND)
            spans.append(OpenSpan(facts_id=row.pk, started_at=step.at))
    return spans


def _solves(facts: TicketFacts, timeline: Timeline, spans: list[OpenSpan], ruler: Ruler) -> None:
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
        ours = _ours(timeline, last.ended_at)
        facts.requester_wait_us = sum(ruler.us(begin, end, "state") for begin, end in ours)
        if ruler.hours is not None:
            facts.requester_wait_open_us = sum(ruler.open_us(begin, end) or 0 for begin, end in ours)


def _ours(timeline: Timeline, until: datetime) -> list[tuple[datetime, datetime]]:
    """The intervals up to `until` in which the ticket was new, open or on hold."""
    found, state, since = [], str(State.NEW), timeline.ticket.opened_at
    for step in timeline.steps:
        if step.at > until:
            break
        if state in OURS:
            found.append((since, step.at))
        state, since = step.to, step.at
    return found
