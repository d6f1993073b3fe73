"""A figure as the dashboards show it: value, comparison, how many, its line, its formula."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics import charts
from metrics.fractions import TERMS
from metrics.kpis import KPIS
from metrics.kpis.registry import Kpi
from metrics.measures import ANY, Figure, Key, Measure
from metrics.moments import LongestWait
from metrics.numbers import Delta, Part, decimal, delta, exact, parts, words
from metrics.ratios import NoTickets
from metrics.scope import Group, Scope
from metrics.together import Told, told
from metrics.windows import first_of

DAY_BY_DAY = (NoTickets, LongestWait)  # asked for each day anew: too dear for a line that says little


@dataclass(frozen=True)
class Card:
    """One figure of a scope, and of the scope before if there is one."""

    kpi: Kpi
    figure: Figure
    before: Figure | None
    days: list[Figure]
    days_before: list[Figure]
    query: str

    @property
    def url(self) -> str:
        return reverse("figure", args=[self.kpi.slug]) + self.query

    @property
    def amounts(self) -> dict[str, str]:
        """Of money, by currency: several are never added."""
        value, currency = self.figure.value, self.figure.extra.get("currency")
        found: dict[str, str] = self.figure.extra.get("amounts") or ({currency: str(value)} if currency else {})
        return found

    @property
    def parts(self) -> list[Part]:
        if self.amounts:
            return [(words(value, "money"), currency) for currency, value in self.amounts.items()]
        return parts(self.figure.value, self.kpi.unit)

    @property
    def words(self) -> str:
        if self.amounts:
            return ", ".join(f"{value}\u00a0{currency}" for value, currency in self.parts)
        return words(self.figure.value, self.kpi.unit)

    @property
    def exact(self) -> str:
        return self.words if self.amounts else exact(self.figure.value, self.kpi.unit)

    @property
    def delta(self) -> Delta | None:
        return delta(self.figure.value, self.before.value, self.kpi.unit, self.kpi.better) if self.before else None

    @cached_property
    def spark(self) -> charts.Spark:
        return charts.spark([number(one) for one in self.days], [number(one) for one in self.days_before])

    @property
    def counted(self) -> str:
        """How many tickets it lists, or what else it rests on; of a count nothing, it says so itself."""
        n = self.figure.extra.get("tickets", self.figure.n)
        if self.kpi.unit == "count":
            return ""
        return ngettext("%(n)s counted", "%(n)s counted", n) % {"n": decimal(n, 0)}

    @property
    def beside(self) -> str:
        """What stands beside a mean: the median and the ninth tenth; of scores the mean."""
        figure, unit = self.figure, self.kpi.unit
        if figure.median is not None and unit == "seconds":
            told = {"median": words(figure.median, unit), "p90": words(figure.p90, unit)}
            return _("median %(median)s, p90 %(p90)s") % told
        return _("mean %(mean)s") % {"mean": decimal(figure.mean, 2)} if figure.mean is not None else ""

    @property
    def fraction(self) -> list[tuple[str, Words | str]]:
        """Numerator and denominator, each with what it counts; empty if it is no quotient."""
        figure = self.figure
        if figure.numerator is None or figure.denominator is None:
            return []
        above = f"{decimal(float(figure.numerator), 1)}" + ("\u00a0s" if self.kpi.unit == "seconds" else "")
        return list(zip((above, decimal(float(figure.denominator), 0)), TERMS[self.kpi.slug], strict=True))


def cards(
    slugs: Iterable[str],
    scope: Scope,
    before: Scope | None,
    query: str,
    *,
    daily: bool = True,
    known: Mapping[str, Told] | None = None,
) -> dict[str, Card]:
    """Figures with their days, or of longer scopes than a quarter their weeks: one statement for each population that
    is not `known` already."""
    measures = {slug: KPIS[slug].measure(scope) for slug in slugs}
    slow = {slug: measure for slug, measure in measures.items() if isinstance(measure, DAY_BY_DAY)}
    group = group_of(scope) if daily else None
    found = dict(known or {})
    found |= told({slug: one for slug, one in measures.items() if slug not in {**slow, **found}}, scope, before, group)
    found |= told(slow, scope, before)
    made = {}
    for slug, measure in measures.items():
        one, by_day = found[slug], daily and slug not in slow
        days = _in_order(one.days, measure, scope) if by_day else []
        then = _in_order(one.days_before, measure, before) if by_day and before else []
        made[slug] = Card(KPIS[slug], one.now, one.before, days, then, query)
    return made


def card(slug: str, scope: Scope, before: Scope | None, query: str) -> Card:
    """One figure, with all that stands beside it and its days, however dear."""
    found = cards([slug], scope, before, query)[slug]
    measure = KPIS[slug].measure(scope)
    if not isinstance(measure, DAY_BY_DAY):
        return replace(found, figure=measure.completed(found.figure, scope)) if measure.parts else found
    days = _in_order(measure.figures(scope, group_of(scope)), measure, scope)
    then = _in_order(measure.figures(before, group_of(before)), measure, before) if before else []
    return replace(found, days=days, days_before=then)


def _in_order(found: dict[Key, Figure], measure: Measure, scope: Scope) -> list[Figure]:
    group, other = group_of(scope), found.get(ANY, measure.empty)
    return [found.get(first_of(part, group), other) for part in starts(scope, group)]


def starts(scope: Scope, group: Group) -> list[date]:
    return [part.since for part in scope.window.parts(group)]


def group_of(scope: Scope) -> Group:
    """Days, or weeks where days would be too many to tell apart."""
    return Group.DAY if scope.window.days <= 100 else Group.WEEK


def number(figure: Figure) -> float | None:
    return None if figure.value is None else float(figure.value)
