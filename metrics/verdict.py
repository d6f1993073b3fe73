"""What the service level page says beyond its matrix: the weighted mean, the way up, and the months before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Shop
from helpdesk.lib.refused import Refused
from metrics.levels import ASSUMPTIONS, Cuts, Factor, Level, grades, overall
from metrics.matrix import FACTORS
from metrics.models import LevelSetting, TicketFacts
from metrics.scope import Scope
from metrics.service import cuts_of, evidence_of
from metrics.windows import DAY, Window

MONTHS = 12
KEPT = 6 * 3600  # seconds for which a past month's grades are kept


@dataclass(frozen=True, slots=True)
class Step:
    """What raises a factor by one, and the weighted mean before and after it."""

    name: str
    text: str
    level: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Month:
    label: str
    levels: list[int | None]  # the whole, then the factors in order


@dataclass(frozen=True, slots=True)
class HistoryCell:
    level: int | None
    change: str  # "step", "drop" or ""


def weighted(levels: Mapping[Factor, int | None]) -> float | None:
    """The mean by weight of the factors that have a level."""
    known = {factor: level for factor, level in levels.items() if level is not None}
    total = sum(factor.weight for factor in known)
    return sum(factor.weight * level for factor, level in known.items()) / total if total else None


def steps(graded: Mapping[str, Any]) -> list[Step]:
    """The cheapest step first, then the others by labour; each counted on top of those before it."""
    levels: dict[Factor, int | None] = {factor: graded["factors"][factor]["level"] for factor in Factor}
    first = graded["overall"]["next_step"]
    open_ones = [factor for factor, level in levels.items() if level is not None and level < Level.STELLAR]
    effort = {factor: graded["factors"][factor]["next_step"]["effort"] or 9 for factor in open_ones}
    leading = first["factor"] if first else ""
    found = []
    for factor in sorted(open_ones, key=lambda one: (one != leading, effort[one], -one.weight)):
        before = weighted(levels) or 0.0
        level = (levels[factor] or 0) + 1
        levels[factor] = level
        text = graded["factors"][factor]["next_step"]["text"]
        found.append(Step(str(FACTORS[factor]), text, level, before, weighted(levels) or 0.0))
    return found


def history(scope: Scope) -> list[tuple[str, list[HistoryCell]]]:
    """The whole and each factor, month by month, all judged by today's cuts."""
    cuts = cuts_of(scope)
    months = [_month(scope, first, cuts) for first in _firsts(scope.window.until - DAY)]
    names = [_("Overall"), *(str(FACTORS[factor]) for factor in Factor)]
    return [(name, _changes([month.levels[n] for month in months])) for n, name in enumerate(names)]


def month_names(scope: Scope) -> list[str]:
    return [_month_name(first) for first in _firsts(scope.window.until - DAY)]


@transaction.atomic
def change_cuts(shop: Shop, values: Mapping[str, float]) -> None:
    """Keep what differs from our own assumption. Raises Refused for an unknown one and for a value below zero."""
    for key, value in values.items():
        if key not in ASSUMPTIONS:
            raise Refused(key, _("There is no such assumption."))
        if value < 0:
            raise Refused(key, _("Not below zero."))
        if value == ASSUMPTIONS[key].default:
            LevelSetting.objects.filter(shop=shop, key=key).delete()
        else:
            LevelSetting.objects.update_or_create(shop=shop, key=key, defaults={"value": value})


def _month_name(first: date) -> str:
    return date_format(first, pgettext("date format", "M"))


def _firsts(last: date) -> list[date]:
    """The first days of the twelve months up to the one of `last`."""
    n = last.year * 12 + last.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(n - MONTHS + 1, n + 1)]


def _month(scope: Scope, first: date, cuts: Cuts) -> Month:
    following = (first.replace(day=28) + 4 * DAY).replace(day=1)
    until = min(following, scope.window.until)
    asked = replace(scope, window=Window(first, until, scope.window.zone))
    if not TicketFacts.objects.filter(opened_at__lt=asked.window.end).exists():  # before the shop began
        return Month(_month_name(first), [None] * (1 + len(Factor)))
    key = _key(asked, cuts)
    levels = cache.get(key)
    if levels is None:
        found = grades(evidence_of(asked), cuts)
        levels = [overall(found), *(found[factor] for factor in Factor)]
        levels = [int(level) if level is not None else None for level in levels]
        cache.set(key, levels, KEPT)
    return Month(_month_name(first), levels)


def _key(scope: Scope, cuts: Cuts) -> str:
    """Where the grades of these days, filters and cuts are kept: the same in every process."""
    narrowed = [one.pk if one else 0 for one in (scope.shop, scope.team, scope.agent, scope.reason)]
    days = (scope.window.since.isoformat(), scope.window.until.isoformat())
    about = repr((days, narrowed, scope.channel, scope.product, sorted(cuts.items())))
    return f"level:{hashlib.sha256(about.encode()).hexdigest()}"


def _changes(levels: list[int | None]) -> list[HistoryCell]:
    found, before = [], levels[0] if levels else None
    for level in levels:
        moved = level is not None and before is not None and level != before
        found.append(HistoryCell(level, ("step" if (level or 0) > (before or 0) else "drop") if moved else ""))
        before = level if level is not None else before
    return found
