"""From a sequence of timed turns to a ticket: who triages, takes, files and ends it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from hours import clock
from tickets.demo.house import House
from tickets.demo.story import Turn, Voice
from tickets.demo.timeline import Timeline
from tickets.models import Priority, Reason

HTML_SHARE = 0.35


@dataclass(frozen=True, slots=True)
class Said:
    """A turn with its final words, at an instant."""

    turn: Turn
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """Where a ticket belongs and what it is about; "" and None = nobody has said yet."""

    team: str = ""
    assignee: User | None = None
    reason: Reason | None = None
    tags: tuple[str, ...] = ()
    priority: int = Priority.NORMAL


def play(line: Timeline, said: Sequence[Said], filing: Filing, rng: random.Random) -> None:
    """Let the conversation happen on `line`, in the order of its instants."""
    first, *rest = said
    line.receive(first.turn, first.text, first.at, html=rng.random() < HTML_SHARE)
    if line.by_mail:
        line.acknowledge(first.at + timedelta(seconds=rng.randrange(3, 20)))
    ours = next((each.at for each in rest if each.turn.voice in (Voice.AGENT, Voice.NOTE)), None)
    _triage(line, filing, ours, rng)
    for each in rest:
        _happen(line, each, filing, rng)
    line.settle()


def _triage(line: Timeline, filing: Filing, ours: datetime | None, rng: random.Random) -> None:
    """The lead sorts it within the first open minutes; the colleague takes it just before the first answer."""
    house, opened = line.house, line.ticket.opened_at
    opening = clock.due(house.calendar, opened, rng.randrange(240, 1500)) or opened
    latest = (ours - timedelta(minutes=2)) if ours else house.now - timedelta(seconds=30)
    at = max(min(opening, latest), opened + timedelta(seconds=30))
    lead = _lead(house, filing)
    if filing.team:
        line.move_to_team(house.teams[filing.team], lead, at)
    if filing.priority != Priority.NORMAL:
        line.prioritise(Priority(filing.priority), lead, at + timedelta(seconds=4))
    if filing.tags:
        line.tag(filing.tags, lead, at + timedelta(seconds=9))
    if filing.reason:
        line.choose_reason(filing.reason, lead, at + timedelta(seconds=14))
    if filing.assignee:
        line.assign(filing.assignee, filing.assignee if ours else lead, at + timedelta(seconds=25))


def _happen(line: Timeline, said: Said, filing: Filing, rng: random.Random) -> None:
    turn, house = said.turn, line.house
    if turn.voice in (Voice.CUSTOMER, Voice.ROBOT):
        automatic = turn.voice == Voice.ROBOT
        line.receive(turn, said.text, said.at, automatic=automatic, html=rng.random() < HTML_SHARE)
        return
    author = house.colleagues[turn.by] if turn.by else filing.assignee or _lead(house, filing)
    if turn.voice == Voice.NOTE:
        line.note(said.text, said.at, author)
    else:
        line.reply(turn, said.text, said.at, author, turn.then)


def _lead(house: House, filing: Filing) -> User:
    return house.colleagues["Maëlle" if filing.team == "orders" else "Sophie"]
