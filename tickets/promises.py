"""Reply times told to customers: what we say, the same at every place, and whether we kept it.

What is said comes from what is done: the 80th percentile of recent real waits, never later than the SLA's target.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import get_language

from accounts.models import Shop
from channels_app.base import Told
from channels_app.models import Channel
from customers.models import Customer
from hours import clock, words
from hours.models import Calendar
from tickets.calendars import Timer, calendar_for
from tickets.models import Clock, Priority, Promise, SlaPolicy, Ticket
from tickets.sla import Policies
from tickets.timelines import recent_waits
from tickets.waits import Wait

RECENT = timedelta(days=28)
LEAST = 20  # waits below which the past says nothing
SHARE = 0.8
STEPS = tuple(  # what people say, in seconds
    60 * minutes for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480, 960, 1440, 2880, 4320)
)
KEPT_FOR = 60  # seconds in the cache


@dataclass(frozen=True, slots=True)
class Expectation:
    """When a message will be answered: open seconds, the instant, and words in the active language."""

    seconds: int
    due_at: datetime
    words: str


def expected(shop: Shop, channel_kind: str, at: datetime, *, channel: Channel | None = None) -> Expectation:
    """What to tell somebody who writes to this shop by this channel at this moment. The only source of such words.

    `channel`, where it is known, may keep hours of its own.
    """
    calendar = calendar_for(shop, channel=channel)
    timer = Timer(calendar)
    policy = plain_policy(shop, channel_kind, at)
    target = policy.first_reply if policy else None
    usual = target if target is not None and policy and policy.clock == Clock.BUSINESS else shop.promised_reply
    asked_open = calendar is None or clock.is_open(calendar, at)
    measured = _measured(shop, channel_kind, timer, at, asked_open)
    seconds = measured if measured is not None else usual
    if target is not None and policy and policy.clock == Clock.BUSINESS:
        seconds = min(seconds, target)
    due_at = timer.due(at, seconds) or at + timedelta(seconds=seconds)
    if target is not None and policy and policy.clock == Clock.CALENDAR:
        due_at = min(due_at, at + timedelta(seconds=target))
    language = get_language() or shop.default_language
    return Expectation(seconds, due_at, words.deadline(due_at, timezone=shop.timezone, language=language, now=at))


def plain_policy(shop: Shop, channel_kind: str, at: datetime) -> SlaPolicy | None:
    """The policy for an ordinary ticket of this channel: no team, no tag, no reason, normal priority."""
    ticket = Ticket(shop=shop, channel_kind=channel_kind, priority=Priority.NORMAL, customer=Customer())
    return Policies([shop.pk]).of(ticket, at)


def measured_wait(
    shop: Shop, channel_kind: str, timer: Timer, at: datetime, *, asked_open: bool | None = None
) -> float | None:
    """The 80th percentile of the last four weeks' waits, in open seconds; None when there are too few to tell.

    `asked_open`: only of those who wrote during opening hours, or only of those who wrote outside them.
    """
    spans = recent_waits(shop.pk, channel_kind, since=at - RECENT, until=at)
    if asked_open is not None and timer.calendar is not None:
        calendar = timer.calendar
        spans = [span for span in spans if clock.is_open(calendar, span[0]) == asked_open]
    lengths = [timer.elapsed(start, end) for start, end in spans]
    return percentile(lengths, SHARE) if len(lengths) >= LEAST else None


def percentile(values: Sequence[float], share: float) -> float:
    """Continuous, as SQL's percentile_cont. ValueError without values."""
    ranked = sorted(values)
    if not ranked:
        raise ValueError("values: a percentile needs at least one")
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def rounded(seconds: float) -> int:
    """Up to the next length that people say: 15 minutes, 1 hour, 2 hours, ...; whole days beyond."""
    day = 86_400
    return next((step for step in STEPS if step >= seconds), -(-int(seconds + 0.999999) // day) * day)


def _measured(shop: Shop, channel_kind: str, timer: Timer, at: datetime, asked_open: bool) -> int | None:
    hours = timer.calendar.pk if timer.calendar else None
    key = f"promise:{shop.pk}:{channel_kind}:{hours}:{asked_open}:{at - RECENT:%Y%m%d}"
    found: int | None = cache.get(key)
    if found is None:
        measured = measured_wait(shop, channel_kind, timer, at, asked_open=asked_open)
        found = 0 if measured is None else rounded(measured)
        cache.set(key, found, KEPT_FOR)
    return found or None


def calendar_of(shop: Shop) -> Calendar | None:
    """The shop's own hours."""
    return calendar_for(shop)


def promised_by(shop: Shop, at: datetime, timer: Timer | None = None) -> datetime:
    """When the shop, without any policy, answers a message that arrives at `at`: its promised open seconds later."""
    timer = timer or Timer(calendar_for(shop))
    return timer.due(at, shop.promised_reply) or at + timedelta(seconds=shop.promised_reply)


def told(shop: Shop, channel_kind: str, at: datetime, *, channel: Channel | None = None) -> Told:
    """The same as a page shows it before anybody has written: to be stored with `keep` when they do."""
    found = expected(shop, channel_kind, at, channel=channel)
    return Told(shown_at=at, due_at=found.due_at, text=found.words)


def make(ticket: Ticket, *, place: Promise.Place, at: datetime) -> Promise:
    """Store the reply time that this customer is about to be shown, in the active language."""
    return keep(ticket, told(ticket.shop, ticket.channel_kind, at, channel=ticket.channel), place=place)


def keep(ticket: Ticket, told: Told, *, place: Promise.Place) -> Promise:
    """Store a reply time that this customer was shown."""
    return Promise.objects.create(
        ticket=ticket,
        place=place,
        channel_kind=ticket.channel_kind,
        shown_at=told.shown_at,
        due_at=told.due_at,
        text=told.text,
    )


def judge(
    promises: Iterable[Promise], waits: Sequence[Wait], replies: Sequence[datetime], at: datetime
) -> list[Promise]:
    """Judge promises by the human replies up to `at`; those whose verdict changed, unsaved.

    Kept when the reply comes at the due second or before, broken when that second has passed without one. A reply
    that came before the promise was shown has kept it. A reply that turns out not to have arrived keeps nothing.
    """
    changed = []
    for promise in promises:
        solution = promise.place == Promise.Place.COMPLAINT
        answer = promise.fulfilled_at if solution else next((w for w in replies if w >= promise.shown_at), None)
        if answer is None and not solution and waits and all(wait.end for wait in waits):
            answer = promise.shown_at
        verdict: tuple[bool | None, datetime | None] = (None, None)
        if answer is not None and answer <= promise.due_at:
            verdict = (True, answer)
        elif promise.due_at < at:
            verdict = (False, promise.due_at)
        if verdict != (promise.kept, promise.judged_at):
            promise.kept, promise.judged_at = verdict
            changed.append(promise)
    return changed
