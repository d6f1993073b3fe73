"""One call for dashboard, API and export: the figures of a scope, those of the period before, and the groups."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import User
from channels_app.models import ChannelKind
from metrics.kpis import KPIS, Kpi
from metrics.measures import ANY, Figure, Key, Number
from metrics.refresh import catch_up
from metrics.scope import Group, Scope
from metrics.together import by_group, now_and_before
from metrics.windows import first_of
from tickets.models import Reason

AT_ONCE = 5000  # tickets whose facts are brought up to date before an answer; more are left to the worker
NUMBERS = ("value", "n", "numerator", "denominator", "mean", "median", "p90", "max")
Answer = dict[str, Any]


def answer(scope: Scope, *, slugs: Iterable[str] = KPIS, group: Group | None = None) -> Answer:
    """The body of GET /kpis/ (CONTRACT 5). `stale`: tickets whose last change is not yet in the figures."""
    stale = catch_up(AT_ONCE)
    kpis = [KPIS[slug] for slug in slugs]
    return {
        "from": scope.window.since.isoformat(),
        "to": scope.window.until.isoformat(),
        "timezone": scope.window.zone.key,
        "clock": scope.clock,
        "stale": stale,
        "kpis": wholes(kpis, scope),
        "groups": groups(kpis, scope, group) if group else [],
    }


def wholes(kpis: Iterable[Kpi], scope: Scope) -> dict[str, Answer]:
    """KPIs of the whole scope, each with the value of as many days right before."""
    measures = {kpi.slug: kpi.measure(scope) for kpi in kpis}
    return {
        slug: shown(KPIS[slug], now) | {"previous": before.value}
        for slug, (now, before) in now_and_before(measures, scope).items()
    }


def shown(kpi: Kpi, figure: Figure) -> Answer:
    """A figure as JSON. Nothing is rounded."""
    told: Answer = {"unit": kpi.unit, "label": str(kpi.label), "better": kpi.better}
    told |= {name: getattr(figure, name) for name in NUMBERS} | figure.extra
    return told | {"exact": True, "formula": {"version": kpi.version, "text": str(kpi.definition)}}


def groups(kpis: list[Kpi], scope: Scope, group: Group) -> list[Answer]:
    """The same figures by day, week, month, channel, colleague or reason; every day of the window has its entry."""
    measures = {kpi.slug: kpi.measure(scope) for kpi in kpis}
    found = by_group(measures, scope, group)
    empty = {slug: measure.empty for slug, measure in measures.items()}
    return [
        entry | {"kpis": {kpi.slug: shown(kpi, _of(found[kpi.slug], key, empty[kpi.slug])) for kpi in kpis}}
        for key, entry in _entries(found, scope, group)
    ]


def _of(figures: dict[Key, Figure], key: Key, empty: Figure) -> Figure:
    return figures.get(key, figures.get(ANY, empty))


def _entries(found: dict[str, dict[Key, Figure]], scope: Scope, group: Group) -> list[tuple[Key, Answer]]:
    """The groups in order, each with its key among the figures: days as they come, others by name, none last."""
    if group.is_time:
        return [
            (first_of(part.since, group), _entry(part.since.isoformat(), None, since=part.since, until=part.until))
            for part in scope.window.parts(group)
        ]
    keys = {key for figures in found.values() for key in figures if key not in (None, ANY)}
    named = sorted(_named(keys, group), key=lambda one: one[1]["label"] or "")
    without = any(None in figures for figures in found.values())
    return [*named, (None, _entry(None, None))] if without else named


def _named(keys: set[Key], group: Group) -> list[tuple[Key, Answer]]:
    if group == Group.CHANNEL:
        return [(key, _entry(key, str(ChannelKind(key).label))) for key in keys]
    if group == Group.AGENT:
        people = User.objects.in_bulk(keys)
        return [(key, _entry(people[key].email, people[key].full_name, id=key)) for key in keys]
    reasons = Reason.objects.in_bulk(keys)
    return [(key, _entry(reasons[key].key, str(reasons[key]))) for key in keys]


def _entry(
    key: str | None, label: str | None, *, id: int | None = None, since: date | None = None, until: date | None = None
) -> Answer:
    dates = {"from": since.isoformat(), "to": until.isoformat()} if since and until else {}
    return {"key": key, "label": label} | dates | ({"id": id} if id is not None else {})


def item(kpi: Kpi, measured: Any) -> Number | bool | None:
    """What one row contributed, in the KPI's unit."""
    if measured is None or isinstance(measured, bool) or kpi.unit != "seconds":
        return measured  # type: ignore[no-any-return]
    return int(measured) / 1_000_000
