"""The rules in force, read once per process and again when any of them has changed."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from tickets.models import Event, EventKind, Rule

REST = 2.0  # seconds for which `kinds_heard` may be out of date: what it misses, the sweep of reactions finds


@dataclass
class _Kept:
    stamp: tuple[datetime | None, int | None, int] | None = None
    rules: list[Rule] = field(default_factory=list)
    looked_at: float = -REST


_kept = _Kept()


def active_rules() -> list[Rule]:
    """In their order. One small query tells whether they have changed."""
    found = Rule.objects.aggregate(newest=Max("changed_at"), last=Max("pk"), count=Count("pk"))
    stamp = (found["newest"], found["last"], found["count"])
    if stamp != _kept.stamp:
        _kept.rules = list(Rule.objects.filter(active=True).select_related("shop"))
        _kept.stamp = stamp
    _kept.looked_at = time.monotonic()
    return _kept.rules


def rules_for(event: Event) -> list[Rule]:
    """The active rules that this event may start, in their order."""
    return [rule for rule in active_rules() if starts(rule, event)]


def starts(rule: Rule, event: Event) -> bool:
    return event.kind in kinds_of(rule.when) and rule.when.get("from") in (None, "", event.actor)


def kinds_heard(*, fresh: bool) -> set[str]:
    """The kinds of events that some rule waits for. Unless `fresh`, at most REST seconds out of date."""
    recent = time.monotonic() - _kept.looked_at < REST
    rules = _kept.rules if recent and not fresh else active_rules()
    return {kind for rule in rules for kind in kinds_of(rule.when)}


def kinds_of(when: dict[str, Any]) -> list[str]:
    """The kinds of events that a rule waits for; none for one that waits for time to pass."""
    events = when.get("event", [])
    return [events] if isinstance(events, str) else list(events)


TRIGGERS = tuple(kind for kind in EventKind if kind not in (EventKind.RULE, EventKind.MACRO))
