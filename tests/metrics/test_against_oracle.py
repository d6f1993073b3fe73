"""Every figure of KPIS section 4 against an independent calculation on random histories, to the last digit."""

from dataclasses import replace
from datetime import date, timedelta
from math import ulp
from zoneinfo import ZoneInfo

import pytest

from metrics.kpis import KPIS
from metrics.refresh import catch_up
from metrics.scope import Group, Scope
from metrics.windows import Window
from tests import factories
from tests.metrics.generator import BEGIN, CHANNELS, DAYS, histories
from tests.metrics.ledger import write
from tests.metrics.oracle import Oracle

pytestmark = pytest.mark.django_db
SINCE = BEGIN.date()
UNTIL = SINCE + timedelta(days=DAYS + 5)


def scope(since: date = SINCE, until: date = UNTIL, clock: str = "calendar") -> Scope:
    return Scope(Window(since, until, ZoneInfo("Europe/Paris")), clock, shop=factories.shop())


def same(found: float | None, expected: float | None) -> bool:
    """Equal but for the rounding of the oracle's own floats."""
    if found is None or expected is None:
        return found is expected
    return abs(found - expected) <= 1e3 * ulp(max(abs(found), abs(expected), 1.0))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_every_figure_of_section_4(seed: int, clock: str) -> None:
    lines = histories(seed, 120)
    write(lines)
    assert catch_up() == 0
    oracle = Oracle(lines, clock)
    wrong = []

    expected = oracle.figures(SINCE, UNTIL)
    for slug, value in expected.items():
        found = KPIS[slug].measure(scope(clock=clock)).figure(scope(clock=clock)).value
        if not same(found, value):
            wrong.append((slug, found, value))

    whole = scope(clock=clock)
    by_day = {slug: KPIS[slug].measure(whole).figures(whole, Group.DAY) for slug in expected}
    for n in range((UNTIL - SINCE).days):
        day = SINCE + timedelta(days=n)
        for slug, value in oracle.figures(day, day + timedelta(days=1)).items():
            measure = KPIS[slug].measure(whole)
            found = by_day[slug].get(day, measure.empty).value
            if not same(found, value):
                wrong.append((slug, day, found, value))

    for channel in CHANNELS:
        narrow = replace(whole, channel=channel)
        for slug, value in oracle.figures(SINCE, UNTIL, channel).items():
            found = KPIS[slug].measure(narrow).figure(narrow).value
            if not same(found, value):
                wrong.append((slug, channel, found, value))
    assert wrong == []


def test_percentiles_are_continuous() -> None:
    lines = histories(7, 150)
    write(lines)
    catch_up()
    found = KPIS["response_time"].measure(scope()).figure(scope()).extra["per_reply"]
    median, p90 = Oracle(lines).spreads(SINCE, UNTIL)["response_time"]
    assert same(found["median"], median)
    assert same(found["p90"], p90)
