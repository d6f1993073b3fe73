"""How one ticket came to what it contributed to a figure: its timeline, instant by instant, and the clock beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from hours import totals
from hours.models import Calendar
from metrics.facts import Ruler, acknowledges, ours
from metrics.kpis.registry import Kpi
from metrics.measures import seconds
from metrics.numbers import NONE, decimal, words
from metrics.scope import Scope
from metrics.timeline import Step, Timeline, load
from tickets.models import Ticket
from tickets.models.sla import Clock
from tickets.states import State
from tickets.waits import UNREACHED, Said, waits

Stretch = tuple[datetime, datetime]  # from when to when the clock ran


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, and what it meant to the clock; a length where it stopped."""

    at: datetime
    words: str
    effect: str
    calendar: float | None = None
    business: float | None = None

    @property
    def lengths(self) -> list[str]:
        """In both clocks; nothing where it goes on, a dash where the shop has no hours."""
        told = (self.calendar, self.business)
        return ["" if self.calendar is None else NONE if one is None else in_seconds(one) for one in told]


@dataclass(frozen=True, slots=True)
class Worked:
    """`lengths` are seconds in the clock asked for; their sum is the ticket's value."""

    ticket: Ticket
    lines: list[Line]
    lengths: list[float]

    @property
    def total(self) -> float:
        return round(sum(self.lengths), 6)

    @property
    def sum(self) -> str:
        """1,200 s + 600 s = 1,800 s; of a single length that alone."""
        added = f"{' + '.join(map(in_seconds, self.lengths))} = " if len(self.lengths) > 1 else ""
        return added + in_seconds(self.total)

    @property
    def words(self) -> str:
        return words(self.total, "seconds")


def in_seconds(length: float) -> str:
    return f"{decimal(length, 3)}\u00a0s"


def worked(kpi: Kpi, row: Any, scope: Scope) -> Worked:
    """Of a row as Measure.included gives it. The KPI is one of STRETCHES: a length."""
    (timeline,) = load([row.number])
    calendar = Calendar.objects.filter(shop=timeline.ticket.shop_id, default=True).first()
    ruler = Ruler(totals.key_of(calendar) if calendar else None)
    stretches = STRETCHES[kpi.slug](timeline, row, scope)
    lines = list(_lines(kpi.slug, timeline, stretches, ruler))
    told = [line.business if scope.clock == Clock.BUSINESS else line.calendar for line in lines]
    ticket = Ticket.objects.select_related("customer").get(pk=row.number)
    return Worked(ticket, lines, [length for length in told if length is not None])


def _first_reply(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    return [(timeline.started_at, row.first_reply_at)]


def _acknowledgement(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    return [(timeline.started_at, row.acknowledged_at)]


def _answered(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    """The waits that a reply ended in the window, one of a colleague if the figure is."""
    found = waits(timeline.said, opened_by_customer=timeline.ticket.opened_by_customer)
    start, end, agent = scope.window.start, scope.window.end, scope.agent
    return [
        (one.start, one.reply.at)
        for one in found
        if one.reply and start <= one.reply.at < end and (agent is None or one.reply.user_id == agent.pk)
    ]


def _longest(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    return [(row.started_at, min(row.ended_at or scope.end, scope.end))]


def _solved(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    return [(timeline.started_at, row.solved_at)]


def _first_solved(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    return [(timeline.started_at, row.first_solved_at)]


def _ours(timeline: Timeline, row: Any, scope: Scope) -> list[Stretch]:
    """One after the other without a break is one."""
    found: list[Stretch] = []
    for start, end in ours(timeline, row.solved_at):
        begun = found.pop()[0] if found and found[-1][1] == start else start
        found.append((begun, end))
    return found


STRETCHES = {
    "first_response_time": _first_reply,
    "time_to_acknowledge": _acknowledgement,
    "response_time": _answered,
    "longest_wait": _longest,
    "resolution_time": _solved,
    "first_resolution_time": _first_solved,
    "requester_wait_time": _ours,
}


NOTED = ("first_response_time", "response_time", "longest_wait")  # whose clock only a person's reply stops


def _lines(slug: str, timeline: Timeline, stretches: list[Stretch], ruler: Ruler) -> Iterator[Line]:
    """What was said and which states it went through while the clock ran, with each of its starts and stops."""
    starts, ends = dict(stretches), {end: start for start, end in stretches}
    first, last = min(starts, default=timeline.started_at), max(ends, default=timeline.started_at)
    for at, told, note in _happened(timeline, stretches):
        if not min(first, last) <= at <= last:
            continue
        begins, start = starts.pop(at, None), ends.pop(at, None)
        if start is not None:
            effect = _("the clock stops and starts anew") if begins else _("the clock stops")
            yield Line(at, told, effect, *_length(start, at, ruler))
        elif begins is not None:
            yield Line(at, told, _("the clock starts"))
        else:
            runs = any(start < at < end for start, end in stretches)
            yield Line(at, told, note if runs and slug in NOTED else "")


def _happened(timeline: Timeline, stretches: list[Stretch]) -> list[tuple[datetime, str, str]]:
    """Instant, words and why it changed nothing; where the clock starts or stops there always is one."""
    people = {one.user_id for one in timeline.said} | {one.user_id for one in timeline.steps}
    names = {user.pk: user.full_name for user in User.objects.filter(pk__in=people - {None})}
    told = [(one.at, _said(one, names), _note(one)) for one in timeline.said]
    told += [(one.at, _stepped(one, names), "") for one in timeline.steps]
    edges = {end: _("Counted up to here") for _start, end in stretches}
    edges |= {start: _("Counted from here") for start, _end in stretches}
    edges[timeline.ticket.opened_at] = _("The ticket was opened")
    seen = {at for at, _words, _note in told}
    return sorted((*told, *((at, words, "") for at, words in edges.items() if at not in seen)), key=itemgetter(0))


def _length(start: datetime, end: datetime, ruler: Ruler) -> tuple[float | None, float | None]:
    return seconds(ruler.us(start, end, "")), seconds(ruler.open_us(start, end))


def _said(one: Said, names: dict[int, str]) -> str:
    if one.author == "customer":
        return _("The customer wrote")
    if one.author == "agent":
        name = names.get(one.user_id or 0, _("A colleague"))
        return (_("%(name)s replied") if one.pk else _("%(name)s picked up")) % {"name": name}
    return _("An automatic answer") if acknowledges(one) or one.automatic else _("A robot answered")


def _note(one: Said) -> str:
    """Why it changed nothing, where that may surprise."""
    if one.delivery in UNREACHED:
        return _("did not arrive: the clock runs on")
    if one.thanks:
        return _("a thank-you asks for no answer")
    return _("nobody wrote it: the clock runs on") if one.author not in ("customer", "agent") or one.automatic else ""


def _stepped(one: Step, names: dict[int, str]) -> str:
    told = {"name": names.get(one.user_id or 0, "Comptoir"), "state": State(one.to).label}
    return _("%(name)s set it to %(state)s") % told
