"""The live tickets, their deadlines placed around now."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from channels_app.models import ChannelKind
from tickets.demo.conduct import Filing, Said, play
from tickets.demo.guests import Guests
from tickets.demo.house import House
from tickets.demo.live import Live
from tickets.demo.openhours import open_at, open_before
from tickets.demo.story import Turn, Voice
from tickets.demo.timeline import Timeline

USUAL = {Voice.CUSTOMER: 20.0, Voice.AGENT: 3.0, Voice.NOTE: 1.0, Voice.ROBOT: 0.02}  # hours after the one before
SPAM_SEEN_AFTER = timedelta(minutes=70)


def live_ticket(house: House, guests: Guests, live: Live, rng: random.Random) -> Timeline:
    """One live conversation, ending as it is written: a wait with its deadline, or somebody else's turn."""
    said = [Said(turn, turn.text, at) for turn, at in zip(live.turns, _instants(house, live), strict=True)]
    opened = said[0].at
    age = (house.now - opened) / timedelta(days=1)
    bought = [replace(purchase, days=max(purchase.days, age + 0.2)) for purchase in live.orders]
    since = opened - timedelta(hours=2)
    customer = guests.customer(live.who, since=since)
    line = Timeline(house, live.who, customer, kind=ChannelKind(live.kind), subject=live.subject, at=opened)
    line.orders = [guests.order(customer, live.who, purchase) for purchase in bought]
    play(line, said, _filing(house, live), rng)
    return line


def spam_ticket(house: House, guests: Guests, live: Live, rng: random.Random) -> Timeline:
    """Unasked-for mail that a colleague has marked."""
    line = live_ticket(house, guests, live, rng)
    line.mark_spam(house.colleagues["Sophie"], min(line.ticket.opened_at + SPAM_SEEN_AFTER, house.now))
    return line


def _filing(house: House, live: Live) -> Filing:
    return Filing(
        team=live.team,
        assignee=house.colleagues[live.assignee] if live.assignee else None,
        reason=house.reasons[live.reason] if live.reason else None,
        tags=live.tags,
        priority=live.priority,
    )


def _instants(house: House, live: Live) -> list[datetime]:
    """When each turn was said: counted from the message that began the present wait, else from the last one."""
    anchor = _anchor(live.turns) if live.due is not None else len(live.turns) - 1
    if live.due is not None:
        due_at = open_at(house.calendar, house.now, live.due * 60)
        at = open_before(house.calendar, due_at, house.shop.promised_reply)
    else:
        at = house.now - timedelta(hours=live.ago)
    at = min(_open_if_ours(house, live.turns[anchor], at), house.now - timedelta(minutes=2))
    return [*_before(house, live.turns[: anchor + 1], at), *_after(house, live.turns[anchor + 1 :], at)]


def _anchor(turns: Sequence[Turn]) -> int:
    """The first customer turn that no reply has reached."""
    answered = [n for n, turn in enumerate(turns) if turn.voice == Voice.AGENT and not turn.fails]
    start = answered[-1] + 1 if answered else 0
    return next(n for n in range(start, len(turns)) if turns[n].voice == Voice.CUSTOMER)


def _before(house: House, turns: Sequence[Turn], at: datetime) -> list[datetime]:
    """The instants of these turns, the last of them at `at`."""
    instants = [at]
    for earlier, later in zip(reversed(turns[:-1]), reversed(turns[1:]), strict=True):
        at = _open_if_ours(house, earlier, at - _gap(later))
        instants.append(at)
    return instants[::-1]


def _after(house: House, turns: Sequence[Turn], at: datetime) -> list[datetime]:
    instants = []
    for turn in turns:
        said = _open_if_ours(house, turn, min(at + _gap(turn), house.now - timedelta(minutes=1)))
        at = max(said, at + timedelta(minutes=1))
        instants.append(at)
    return instants


def _gap(turn: Turn) -> timedelta:
    return timedelta(hours=USUAL[turn.voice] if turn.after is None else turn.after)


def _open_if_ours(house: House, turn: Turn, at: datetime) -> datetime:
    """We write while we are open: at that instant or in the last open minutes before it."""
    return open_before(house.calendar, at, 240) if turn.voice in (Voice.AGENT, Voice.NOTE) else at
