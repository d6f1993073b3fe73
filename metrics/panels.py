"""The parts of the dashboards that are tables of several figures: each costs a few statements, whatever the days."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from channels_app.models import ChannelKind
from customers.models import Order
from helpdesk.templatetags.ui import CHANNEL_ICONS
from metrics import charts
from metrics.cards import group_of, starts
from metrics.first_replies import FirstReplies
from metrics.kpis import KPIS
from metrics.measures import ANY, Figure, Key, Lengths
from metrics.models import WaitFact
from metrics.moments import LongestWait, elapsed
from metrics.numbers import DAY, HOUR, MINUTE, Delta, Tone, decimal, delta, exact, words
from metrics.openings import Openings
from metrics.scope import Group, Scope
from metrics.together import Place, aggregated, by_group
from metrics.windows import first_of
from tickets.models import Reason, Ticket

# --- Who waits longest ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    ticket: Ticket
    length: str
    seconds: float
    answered: bool


def longest_waits(scope: Scope, most: int = 6) -> list[Wait]:
    """The longest waits of the window, and of those still waiting at its end (S100)."""
    measure, column = LongestWait(), scope.column("wait")
    ended = measure.answered.counted(scope).filter(**{f"{column}__isnull": False}).order_by(f"-{column}", "facts")
    still = measure.still(scope).order_by("started_at", "facts")
    either = ended.values("pk")[:most].union(still.values("pk")[:most])
    found = []
    for wait in WaitFact.objects.filter(pk__in=either).select_related("facts__ticket__customer"):
        answered = wait.ended_at is not None and wait.ended_at < scope.end
        us = getattr(wait, column) if answered else elapsed(wait.started_at, scope, wait.shop_id)
        if us is not None:
            found.append((us, wait.facts_id, answered, wait.facts.ticket))
    chosen = sorted(found, key=itemgetter(0, 1, 2), reverse=True)[:most]
    return [Wait(ticket, words(us / 1e6, "seconds"), us / 1e6, answered) for us, _pk, answered, ticket in chosen]


# --- First response by channel or colleague ------------------------------------------------------------------------


MULTIPLE = (296.0, 72.0)  # the room of the lines; the labels of the scale stand left of it
ROOM = 16.0  # between two labels
SCALE = (1, 10, MINUTE, 10 * MINUTE, HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY)
Lines = tuple[list[float | None], list[float | None]]


@dataclass(frozen=True, slots=True)
class Multiple:
    """One of several small charts. `key` is what the filter of the group takes."""

    key: str
    label: str
    icon: str
    median: str
    exact: str
    mean: str
    p90: str
    n: int
    within: str
    delta: Delta | None
    spark: charts.Spark
    ticks: list[charts.Tick]  # of the scale that they share


def by_channel(first: FirstReplies) -> list[Multiple]:
    """The median of every day of each channel with first replies."""
    return _multiples(first.scope, first.before, Group.CHANNEL, first.by_channel, first.kept)


def by_colleague(scope: Scope, before: Scope | None) -> list[Multiple]:
    """The same of each colleague."""
    measure = KPIS["first_response_time"].measure(scope)
    assert isinstance(measure, Lengths)
    by, sets = (Group.AGENT, group_of(scope)), ((0,), (0, 1))
    (found,) = aggregated({("first_response_time", ""): measure}, scope, before, by, sets).values()
    kept = KPIS["first_response_within_target"].measure(scope).figures(scope, Group.AGENT)
    return _multiples(scope, before, Group.AGENT, found, {key: one.value for key, one in kept.items()})


def _multiples(
    scope: Scope, before: Scope | None, each: Group, found: dict[Place, Figure], kept: Mapping[Key, Any]
) -> list[Multiple]:
    """The busiest first, all on one scale."""
    figures = {key: one for (is_now, key, part), one in found.items() if is_now and part is None and one.n}
    named = names(figures.keys() - {None}, each)
    busiest = sorted((one for one in figures.items() if one[0] in named), key=lambda one: (-one[1].n, one[0]))
    none = Figure(None, 0)
    lines = {key: _medians(key, found, scope, before) for key, _one in busiest}
    reach, ticks = _scale([value for pair in lines.values() for line in pair for value in line if value is not None])
    return [
        _multiple(
            (str(key), named[key], CHANNEL_ICONS.get(key, "user")),
            (one, found.get((False, key, None), none)),
            words(kept.get(key), "percent"),
            charts.spark(_logs(lines[key][0]), _logs(lines[key][1]), MULTIPLE, reach),
            ticks,
        )
        for key, one in busiest
    ]


def _multiple(
    about: tuple[str, str, str],
    figures: tuple[Figure, Figure],
    within: str,
    line: charts.Spark,
    ticks: list[charts.Tick],
) -> Multiple:
    now, then = figures
    return Multiple(
        *about,
        words(now.median, "seconds"),
        exact(now.median, "seconds"),
        words(now.mean, "seconds"),
        words(now.p90, "seconds"),
        now.n,
        within,
        delta(now.median, then.median, "seconds", "lower"),
        line,
        ticks,
    )


def _medians(key: Key, found: dict[Place, Figure], scope: Scope, before: Scope | None) -> Lines:
    """The median first reply of one of them on each day, and on each day before."""
    group, none = group_of(scope), Figure(None, 0)
    now, then = (
        [found.get((is_now, key, first_of(day, group)), none).median for day in starts(one, group)] if one else []
        for is_now, one in ((True, scope), (False, before))
    )
    return now, then


def _scale(lengths: list[float]) -> tuple[tuple[float, float], list[charts.Tick]]:
    """From one round length to another around all of these: its ends as logarithms, and the labels that have room."""
    least, most = min(lengths, default=1), max(lengths, default=DAY)
    low = max((one for one in SCALE if one <= least), default=SCALE[0])
    high = next((one for one in SCALE if one >= most and one > low), SCALE[-1])
    height, ticks = MULTIPLE[1] - 8, list[charts.Tick]()
    for one in (one for one in SCALE if low <= one <= high):
        at = height + 4 - charts.log_place(one, low, high, height)
        if not ticks or ticks[-1].at - at >= ROOM:
            ticks.append(charts.Tick(at, words(one, "seconds")))
    return (math.log(low), math.log(high)), ticks


def _logs(line: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else math.log(max(value, SCALE[0])) for value in line]


# --- Why they write ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReasonRow:
    reason: Reason | None
    n: int
    share: float  # of the most frequent, 0 to 100
    before: float  # on the same scale
    ratio: str  # for every hundred orders
    delta: Delta | None
    tone: Tone
    spark: charts.Spark


def reasons(openings: Openings) -> list[ReasonRow]:
    """Why customers wrote, the most frequent first; what has no reason last. A rise is good or bad by its reason."""
    scope, before, (counts, then) = openings.scope, openings.before, openings.by_reason
    orders = _orders(scope)
    group = group_of(scope)
    days = [first_of(day, group) for day in starts(scope, group)]
    named = Reason.objects.in_bulk([key for key in counts if key])
    totals = {key: sum(by_day.values()) for key, by_day in counts.items()}
    most = max(totals.values(), default=1)
    ordered = sorted(totals.items(), key=lambda one: (one[0] is None, -one[1], one[0]))
    return [
        ReasonRow(
            reason := named.get(key) if key else None,
            n,
            100 * n / most,
            min(100.0, 100 * then.get(key, 0) / most),
            decimal(100 * n / orders, 2) if orders else words(None, "ratio"),
            change := delta(n, then.get(key, 0), "count", "") if before else None,
            _tone(change, reason),
            charts.spark([float(counts[key].get(day, 0)) for day in days], (), (100.0, 24.0)),
        )
        for key, n in ordered
    ]


def _tone(change: Delta | None, reason: Reason | None) -> Tone:
    """More compliments are good news, more complaints bad ones (S103); the rest is neither."""
    if change is None or reason is None or not reason.polarity or change.text.startswith("="):
        return "flat"
    return "good" if change.text.startswith("↑") == (reason.polarity > 0) else "bad"


def _orders(scope: Scope) -> int:
    window = scope.window
    orders = Order.objects.filter(placed_at__gte=window.start, placed_at__lt=window.end)
    return orders.filter(shop=scope.shop).count() if scope.shop else orders.count()


# --- Figures side by side ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A colleague or a channel with some figures; `key` is what the filter of the same name takes."""

    key: str
    label: str
    values: list[tuple[str, str, str, int]]  # slug, words, exact, n


@dataclass(frozen=True, slots=True)
class Table:
    heads: list[str]
    slugs: list[str]
    rows: list[GroupRow]


def table(slugs: list[str], scope: Scope, group: Group) -> Table:
    """The figures of each colleague or channel: one statement a population."""
    measures = {slug: KPIS[slug].measure(scope) for slug in slugs}
    found = by_group(measures, scope, group)
    keys = {key for figures in found.values() for key in figures if key not in (None, ANY)}
    named = names(keys, group)
    rows = [
        GroupRow(str(key), named[key], [_told(slug, found[slug].get(key, measures[slug].empty)) for slug in slugs])
        for key in sorted(keys, key=lambda one: named[one])
    ]
    return Table([str(KPIS[slug].label) for slug in slugs], slugs, rows)


def _told(slug: str, figure: Figure) -> tuple[str, str, str, int]:
    unit = KPIS[slug].unit
    return slug, words(figure.value, unit), exact(figure.value, unit), figure.n


def names(keys: set[Any], group: Group) -> dict[Any, str]:
    """What channels, reasons or colleagues are called."""
    if group == Group.CHANNEL:
        return {key: str(ChannelKind(key).label) for key in keys}
    if group == Group.REASON:
        return {pk: reason.told for pk, reason in Reason.objects.in_bulk(keys).items()}
    return {pk: user.full_name for pk, user in User.objects.in_bulk(keys).items()}


# --- The foot ------------------------------------------------------------------------------------------------------


def left_out(scope: Scope) -> list[tuple[str, int]]:
    """How many tickets of the window are in no figure, by why."""
    population = KPIS["tickets_opened"].measure(scope)
    rows = population.excluded(scope).order_by().values("left_out_as").annotate(count=Count("pk"))
    return [(reason_words(row["left_out_as"]), row["count"]) for row in rows.order_by("-count", "left_out_as")]


def reason_words(why: str) -> str:
    """Why a row is left out, in words."""
    told = {
        "test": _("a test"),
        "spam": _("spam"),
        "deleted": _("deleted"),
        "merged": _("merged into another ticket"),
        "agent_started": _("opened by a colleague"),
        "too_recent": _("solved less than seven days ago"),
        "unanswered": _("no answer in the period"),
        "by_another": _("answered by another colleague"),
        "unacknowledged": _("not acknowledged in the period"),
        "unsolved": _("not solved in the period"),
        "closed_unsolved": _("closed without being solved"),
        "no_answer": _("the customer did not rate"),
        "bounced": _("the question did not reach the customer"),
        "not_asked": _("not asked"),
        "not_sent": _("the question has not left yet"),
        "not_due": _("not due yet"),
        "cancelled": _("nothing was left to keep"),
        "unjudged": _("could not be judged"),
        "no_score": _("no category applied"),
        "no_hours": _("the shop has no opening hours"),
    }
    return told.get(why, why)
