"""Histories that come through the archive give, by the API, the figures of an independent calculation."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Role
from tests import factories
from tests.caller import Caller
from tests.metrics.archive import generator
from tests.metrics.archive.conftest import Archive
from tests.metrics.oracle import Oracle, Row

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHOLE = {"from": generator.SINCE.date().isoformat(), "to": generator.UNTIL.date().isoformat()}
BY_CLOCK = {
    *("first_response_time", "response_time", "time_to_acknowledge"),
    *("resolution_time", "first_resolution_time", "requester_wait_time"),
}
SHOPWIDE = {"self_service_rate", "contact_ratio", "retention_rate"}  # partly of rows without a ticket
CREDITED = BY_CLOCK - {"time_to_acknowledge"} | {  # to somebody (KPIS 4.7)
    *("tickets_solved", "backlog", "one_touch_rate", "reopen_rate", "replies_per_resolution", "csat", "ces", "nps"),
    *("csat_response_rate", "first_response_within_target", "sla_attainment"),
}
Wanted = Callable[[str | None], Callable[[Row], bool]]
BY_TICKET = ("channel", "reason")
FILTERS: dict[str, Wanted] = {
    **{name: lambda key, name=name: lambda row: row.ticket.line.get(name) == key for name in BY_TICKET},
    "team": lambda key: lambda row: row.ticket.team == key,
    "agent": lambda key: lambda row: row.agent == key,
}
Difference = tuple[Any, ...]


@pytest.mark.parametrize("seed", [11])
def test_every_figure_of_section_4(seed: int, tmp_path: Path) -> None:
    lines = generator.archive(seed, 400)
    Archive(tmp_path).load(lines)
    assert list(differences(lines)) == []


def differences(lines: list[dict[str, Any]]) -> Iterator[Difference]:
    """Every figure that the API tells otherwise: whole and by day in both clocks and shops, by groups and filters."""
    api, now = Caller(factories.token(factories.user(role=Role.MANAGER))), datetime.now(UTC)
    main, loft = (Oracle(lines, shop, "calendar", now) for shop in ("main", "loft"))
    every = set(main.figures(generator.SINCE.date(), generator.UNTIL.date()))
    yield from unlike(api, main, {"shop": "main", "group": "day"}, every)
    yield from unlike(api, loft, {"shop": "loft", "group": "day"}, every)
    for shop in ("main", "loft"):
        asked = {"shop": shop, "clock": "business", "group": "day"}
        yield from unlike(api, Oracle(lines, shop, "business", now), asked, BY_CLOCK)
    for name in ("channel", "reason", "agent"):
        slugs = CREDITED if name == "agent" else every - SHOPWIDE
        yield from unlike(api, main, {"shop": "main", "group": name}, slugs)
    for name, key in (("channel", "voice"), ("team", "care"), ("reason", "broken"), ("agent", "a2")):
        slugs = CREDITED if name == "agent" else every - SHOPWIDE
        yield from unlike(api, main, {"shop": "main", "group": "month", name: key}, slugs, FILTERS[name](key))


def unlike(
    api: Caller, oracle: Oracle, asked: dict[str, str], slugs: set[str], wanted: Any = lambda row: True
) -> Iterator[Difference]:
    found = api.get("/kpis/", **WHOLE, **asked, kpi=",".join(sorted(slugs))).json()
    since, until = generator.SINCE.date(), generator.UNTIL.date()
    yield from compared(found["kpis"], oracle.figures(since, until, wanted), asked, slugs)
    for slug, expected in oracle.spreads(since, until, wanted).items():
        told = found["kpis"].get(slug, {})
        told = told.get("per_reply", told)
        if told and [told[name] for name in ("n", "median", "p90", "max")] != pytest.approx(expected, rel=1e-12):
            yield asked, slug, told, expected
    assert found["groups"]
    for group in found["groups"]:
        if asked["group"] in FILTERS:
            key = group["key"].partition("@")[0] if group["key"] else None
            expected = oracle.figures(since, until, FILTERS[asked["group"]](key))
        else:
            expected = oracle.figures(*(date.fromisoformat(group[name]) for name in ("from", "to")), wanted)
        yield from compared(group["kpis"], expected, asked | {"at": group["key"]}, slugs)


def compared(told: Any, expected: dict[str, Any], asked: dict[str, str], slugs: set[str]) -> Iterator[Difference]:
    for slug in sorted(slugs):
        if told[slug]["value"] != expected[slug]:
            yield asked, slug, told[slug]["value"], expected[slug]
