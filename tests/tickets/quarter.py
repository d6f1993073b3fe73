"""A quarter of a shop as one would write it on paper: what happens to each ticket, and what must follow from it.

Nothing here knows the product. The clock looks at the wall every minute; what is due is the n-th open minute; the rest
is KPIS section 4, read from a history such as [(09:12, "C"), (10:30, "A"), (10:31, "P")]: C customer, A answer, x an
answer that never arrived, P pending, O open, S solved.
"""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
WEEK = [("09:00", "12:00"), ("13:30", "18:00")]
LATER = [("10:00", "19:00")]  # from a date on
STATES = {"P": "pending", "O": "open", "S": "solved"}


class Quarter:
    """90 days from a Monday: `closed` and `special` dates, an evening's campaign, other hours from day 45 on.

    The targets, in minutes, change at `change`; what was asked before keeps the old ones.
    """

    def __init__(self, first, *, closed, special, campaign):
        self.first, self.closed, self.special, self.campaign = first, closed, special, campaign
        self.later = datetime.combine((first + timedelta(days=45)).date(), datetime.min.time(), PARIS)
        self.change = first + timedelta(days=30, hours=4)

    @cached_property
    def minutes(self):
        """The open ones, one after the other."""
        return [at for n in range(150 * 1440) if self.is_open(at := self.first + n * MINUTE)]

    def is_open(self, minute):
        """Whether the wall clock in Paris shows this minute as an open one."""
        local = minute.astimezone(PARIS)
        shown = local.hour * 60 + local.minute
        days = ((local.date() - timedelta(days=back), shown + back * 1440) for back in range(2))
        return any(_minutes(a) <= at < _minutes(b) for day, at in days for a, b in self.spans(day))

    def spans(self, day):
        date = day.isoformat()
        evening = [self.campaign[1:]] if date == self.campaign[0] else []
        if date in self.special:
            return [*self.special[date], *evening]
        if date in self.closed or day.weekday() > 4:
            return evening
        return [*(WEEK if day < self.later.date() else LATER), *evening]

    def due(self, start, minutes, pauses=()):
        """The end of the last open minute needed, pauses left out. None while paused."""
        place, left = bisect_left(self.minutes, start), minutes
        for begin, end in pauses:
            stop = bisect_left(self.minutes, begin)
            if place + left - 1 < stop:
                break
            if end is None:
                return None
            left -= max(0, stop - place)
            place = max(place, bisect_left(self.minutes, end))
        return self.minutes[place + left - 1] + MINUTE


def _minutes(clock):
    return int(clock[:2]) * 60 + int(clock[3:])


def drawn(rng, first):
    """A history that begins within 60 days; only legal steps, none in the very minute of another."""
    at = first + timedelta(minutes=rng.randrange(60 * 1440))
    history, state = [(at, "C")], ""
    for _step in range(rng.randrange(8)):
        at += timedelta(minutes=rng.choice([1, 7, 61, 240, 500, 1441, 4000]))
        sign = rng.choice("CAAAPOSx")
        if sign in STATES:
            if sign == state or (sign == "O" and not state):
                continue
            state = sign
        history.append((at, sign))
    return history


def replies(history):
    """[(first or next, asked, answered or None)]"""
    found, asked, kind = [], None, "first_reply"
    for at, sign in history:
        if sign == "C":
            asked = asked or at
        elif sign == "A" and asked:
            found.append((kind, asked, at))
            asked, kind = None, "next_reply"
    return [*found, (kind, asked, None)] if asked else found


def pauses(history):
    """[(begin, end or None)] of the times spent pending."""
    steps = [(at, sign) for at, sign in history if sign in STATES]
    return [(at, end) for (at, sign), (end, _next) in pairwise([*steps, (None, "")]) if sign == "P"]


def verdicts(quarter, history, targets):
    """{(kind, start): (due, state)} long after everything; `targets(asked)` are minutes by kind."""
    found = {}
    for kind, asked, answer in replies(history):
        due = quarter.due(asked, targets(asked)[kind])
        found[kind, asked] = (due, "met" if answer and answer <= due else "missed")
    start = history[0][0]
    due = quarter.due(start, targets(start)["resolution"], pauses(history))
    standing = [sign for at, sign in history if sign in STATES and (due is None or at <= due)]
    state = "met" if standing[-1:] == ["S"] else "paused" if due is None else "missed"
    return found | {("resolution", start): (due, state)}


def is_live(history, at):
    """Whether somebody can still act on it."""
    return [sign for when, sign in history if sign in STATES and when <= at][-1:] != ["S"]


def breaches(history, judged, sweeps):
    """{(kind, due)} that the timeline tells: each when a sweep first comes after it, unless it is over by then."""
    late = [(kind, due) for (kind, _start), (due, state) in judged.items() if state == "missed"]
    return {(kind, due) for kind, due in late if is_live(history, next(at for at in sweeps if at > due))}


def warnings(quarter, history, targets, sweeps):
    """{(kind, when)}: three quarters of the time are gone, and a sweep finds nothing done and time left."""
    found = set()
    for kind, asked, answer in replies(history):
        minutes = targets(asked)[kind]
        when, due = quarter.due(asked, minutes * 3 // 4), quarter.due(asked, minutes)
        seen = next(at for at in sweeps if at >= max(when, asked))
        if seen <= due and not (answer and answer <= seen) and is_live(history, seen):
            found.add((kind, when))
    start = history[0][0]
    minutes = targets(start)["resolution"]
    for seen in sweeps:
        so_far = [(begin, end if end and end <= seen else None) for begin, end in pauses(history) if begin <= seen]
        if seen < start or not is_live(history, seen) or (so_far and so_far[-1][1] is None):
            continue
        if seen > quarter.due(start, minutes, so_far):
            break
        if seen >= (when := quarter.due(start, minutes * 3 // 4, so_far)):
            return found | {("resolution", when)}
    return found


def waiting(history):
    """[(since, until or None)]: from a question until an answer, or until somebody solves without a word."""
    found, since = [], None
    for at, sign in history:
        if sign == "C":
            since = since or at
        elif sign in "AS" and since:
            found.append((since, at))
            since = None
    return [*found, (since, None)] if since else found


def runs(quarter, history, minutes, sweeps):
    """When a rule runs that looks after so many open minutes of waiting: once for each wait that lasts so long."""
    found = set()
    for since, until in waiting(history):
        due = quarter.due(since, minutes)
        seen = next((at for at in sweeps if at >= due and is_live(history, at)), None)
        if seen is not None and (until is None or seen < until):
            found.add(seen)
    return found


AUTUMN = Quarter(
    datetime(2026, 10, 12, tzinfo=UTC),
    closed={"2026-11-11", "2026-12-25", "2027-01-01"},
    special={"2026-11-29": [("10:00", "16:00")], "2026-12-24": [("09:00", "12:00")]},  # a Sunday, half a day
    campaign=("2026-11-27", "18:00", "21:00"),
)
SPRING = Quarter(
    datetime(2027, 3, 8, tzinfo=UTC),
    closed={"2027-03-29", "2027-05-01", "2027-05-06", "2027-05-08", "2027-05-17"},
    special={"2027-03-27": [("20:00", "28:00")], "2027-04-03": [("10:00", "12:00")]},  # the night of the change
    campaign=("2027-04-08", "18:00", "21:00"),
)
