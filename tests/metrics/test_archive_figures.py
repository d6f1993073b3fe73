"""Histories that come through the archive give the figures of an independent calculation."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ulp
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Shop
from metrics.kpis import KPIS
from metrics.refresh import catch_up
from metrics.scope import Group, Scope
from metrics.windows import Window
from tests.metrics import oracle as independent
from tests.metrics.archive import generator
from tests.metrics.archive.conftest import Archive

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SINCE, UNTIL = generator.SINCE.date(), generator.UNTIL.date() + timedelta(days=40)


def told(line):
    """An archive line as the oracle wants it: instants parsed, fates read off the events."""
    line = {key: _at(value) if key.endswith("_at") or key == "at" else value for key, value in line.items()}
    if line["type"] != "ticket":
        return line | {"customer": line.get("customer"), "confirmed": line.get("confirmed", False)}
    events = sorted((event | {"at": _at(event["at"])} for event in line["events"]), key=lambda event: event["at"])
    fate = {"spam": False, "deleted": False, "merged_into": None}
    for event in events:
        match event["kind"]:
            case "spam" | "unspam":
                fate["spam"] = event["kind"] == "spam"
            case "deleted" | "restored":
                fate["deleted"] = event["kind"] == "deleted"
            case "merged":
                fate["merged_into"] = event["into"]
            case "unmerged":
                fate["merged_into"] = None
    messages = [
        {"public": True, "delivery": "sent", "agent": None} | message | {"at": _at(message["at"])}
        for message in line["messages"]
    ]
    surveys = [
        {"answered_at": None, "score": None} | {k: _at(v) if k.endswith("_at") else v for k, v in survey.items()}
        for survey in line["surveys"]
    ]
    return line | fate | {"events": events, "messages": messages, "surveys": surveys}


def _at(value):
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def same(found, expected):
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) <= 1e3 * ulp(max(abs(found), abs(expected), 1.0))


class Targets:
    """KPIS 4.10 and 4.22 once more: (kind, due, met?) of every target that has fallen due."""

    def __init__(self, oracle, lines):
        self.oracle = oracle
        targets = [line for line in lines if line["type"] == "target"]
        self.special = {line["channel"]: line for line in targets if "channel" in line}
        self.general = next(line for line in targets if "channel" not in line)

    def judged(self, now):
        for life in self.oracle.lives.values():
            ticket = life["ticket"]
            target = self.special.get(ticket["channel"], self.general)
            waits = list(life["waits"])
            if life["since"]:
                waits.append((life["since"], None))
            for n, (start, end) in enumerate(waits):
                first = n == 0 and ticket["opened_by"] == "customer"
                seconds = target["first_response" if first else "next_response"]
                due = self.due(start, seconds, target["clock"])
                if due < now:
                    yield ("first" if first else "next"), due, end is not None and end <= due
            yield from self.resolution(life, target, now)

    def resolution(self, life, target, now):
        trail = life["trail"]
        due = self.due(life["start"], target["resolution"], target["clock"])
        for (begin, state), (end, _next) in pairwise([*trail, (None, "")]):
            if state != "pending" or begin >= due:
                continue
            if end is None:
                return  # paused until today
            left = self.length(max(begin, life["start"]), due, target["clock"])
            due = self.due(max(end, life["start"]), left, target["clock"])
        seen = [state for moment, state in trail if moment <= due]
        standing = ""
        for state in seen:
            standing = standing if state == "closed" and standing == "solved" else state
        if standing != "closed" and due < now:
            yield "resolution", due, standing == "solved"

    def length(self, start, end, clock):
        return (end - start).total_seconds() if clock == "calendar" else independent.open_between(start, end)

    def due(self, start, seconds, clock):
        if clock == "calendar":
            return start + timedelta(seconds=seconds)
        low, high = start, start + timedelta(days=60)
        while high - low > timedelta(microseconds=1):  # the first instant by which so much has passed
            middle = low + (high - low) / 2
            low, high = (middle, high) if independent.open_between(start, middle) < seconds else (low, middle)
        return high

    def share(self, kinds, since, until, now):
        a, b = independent.wall(since, "00:00"), independent.wall(until, "00:00")
        met = [good for kind, due, good in self.judged(now) if kind in kinds and a <= due < b]
        return independent.percent(sum(met), len(met))


@pytest.mark.parametrize("seed", [11, 12])
def test_imported_targets(seed, tmp_path, monkeypatch):
    lines = generator.archive(seed, 120)
    Archive(tmp_path).load(lines)
    catch_up()
    monkeypatch.setattr(independent, "CALENDAR", next(line for line in lines if line["type"] == "calendar"))
    targets = Targets(independent.Oracle([told(line) for line in lines]), lines)
    now, wrong = datetime.now(UTC), []
    scope = Scope(Window(SINCE, UNTIL, ZoneInfo("Europe/Paris")), "calendar", shop=Shop.objects.get(key="main"))
    for slug, kinds in (
        ("first_response_within_target", {"first"}),
        ("sla_attainment", {"first", "next", "resolution"}),
    ):
        found, expected = KPIS[slug].measure(scope).figure(scope).value, targets.share(kinds, SINCE, UNTIL, now)
        if not same(found, expected):
            wrong.append((slug, found, expected))
    assert wrong == []


@pytest.mark.parametrize("seed", [11, 12])
def test_imported_histories(seed, tmp_path, monkeypatch):
    lines = generator.archive(seed, 300)
    Archive(tmp_path).load(lines)
    assert catch_up() == 0
    calendar = next(line for line in lines if line["type"] == "calendar")
    monkeypatch.setattr(independent, "CALENDAR", calendar)
    wrong = []
    for clock in ("calendar", "business"):
        oracle = independent.Oracle([told(line) for line in lines], clock)
        scope = Scope(Window(SINCE, UNTIL, ZoneInfo("Europe/Paris")), clock, shop=Shop.objects.get(key="main"))
        for slug, value in oracle.figures(SINCE, UNTIL).items():
            found = KPIS[slug].measure(scope).figure(scope).value
            if not same(found, value):
                wrong.append((clock, slug, found, value))
        by_day = {slug: KPIS[slug].measure(scope).figures(scope, Group.DAY) for slug in oracle.figures(SINCE, UNTIL)}
        for n in range(0, (UNTIL - SINCE).days, 3):
            day = SINCE + timedelta(days=n)
            for slug, value in oracle.figures(day, day + timedelta(days=1)).items():
                found = by_day[slug].get(day, KPIS[slug].measure(scope).empty).value
                if not same(found, value):
                    wrong.append((clock, slug, str(day), found, value))
    assert wrong == []
