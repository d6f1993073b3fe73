"""Histories that come through the archive give, by the API, the figures of an independent calculation."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Role
from metrics.kpis import KPIS
from tests import factories
from tests.caller import Caller
from tests.metrics.archive import generator
from tests.metrics.archive.conftest import Archive
from tests.metrics.oracle import Oracle, Row

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHOLE = {"from": generator.SINCE.date().isoformat(), "to": generator.UNTIL.date().isoformat()}
BY_CLOCK = {
    *("first_response_time", "longest_wait", "response_time", "time_to_acknowledge"),
    *("resolution_time", "first_resolution_time", "requester_wait_time"),
}
SHOPWIDE = {"self_service_rate", "contact_ratio", "retention_rate", "support_revenue"}  # rows without a ticket
CREDITED = BY_CLOCK - {"time_to_acknowledge"} | {  # to somebody (KPIS 4.7)
    *("tickets_solved", "backlog", "one_touch_rate", "reopen_rate", "replies_per_resolution", "csat", "ces", "nps"),
    *("csat_response_rate", "first_response_within_target", "sla_attainment"),
    *("promise_kept_rate", "internal_quality_score"),
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
    assert list(islice(differences(lines), 20)) == []


def differences(lines: list[dict[str, Any]]) -> Iterator[Difference]:
    """Every figure that the API tells otherwise: whole and by day in both clocks and shops, by groups and filters."""
    api, now = Caller(factories.token(factories.user(role=Role.MANAGER))), datetime.now(UTC)
    main, business = (Oracle(lines, "main", clock, now) for clock in ("calendar", "business"))
    assert set(main.figures(generator.SINCE.date(), generator.UNTIL.date())) == set(KPIS)
    yield from unlike(api, main, {"shop": "main", "group": "day"}, set(KPIS))
    yield from unlike(api, business, {"shop": "main", "clock": "business", "group": "day"}, BY_CLOCK)
    yield from unlike(api, Oracle(lines, "loft", "calendar", now), {"shop": "loft", "group": "day"}, set(KPIS))
    loft = {"shop": "loft", "clock": "business", "group": "week"}
    yield from unlike(api, Oracle(lines, "loft", "business", now), loft, BY_CLOCK)
    yield from unlike(
        api, main, {"shop": "main", "from": "2026-06-01", "to": "2026-08-20", "group": "month"}, set(KPIS)
    )
    for name in ("channel", "reason", "agent"):
        slugs = CREDITED if name == "agent" else set(KPIS) - SHOPWIDE
        yield from unlike(api, main, {"shop": "main", "group": name}, slugs)
        yield from unlike(api, business, {"shop": "main", "clock": "business", "group": name}, BY_CLOCK & slugs)
    for name, key in (("channel", "voice"), ("team", "care"), ("reason", "broken"), ("agent", "a2")):
        slugs = CREDITED if name == "agent" else set(KPIS) - SHOPWIDE
        yield from unlike(api, main, {"shop": "main", "group": "month", name: key}, slugs, FILTERS[name](key))
    by_day = {"shop": "main", "clock": "business", "group": "day", "channel": "email"}
    yield from unlike(api, business, by_day, BY_CLOCK, FILTERS["channel"]("email"))


def unlike(
    api: Caller, oracle: Oracle, asked: dict[str, str], slugs: set[str], wanted: Any = lambda row: True
) -> Iterator[Difference]:
    asked = WHOLE | asked
    found = api.get("/kpis/", **asked, kpi=",".join(sorted(slugs))).json()
    since, until = (date.fromisoformat(asked[name]) for name in ("from", "to"))
    yield from compared(found["kpis"], oracle.figures(since, until, wanted), asked, slugs)
    before = oracle.figures(since - (until - since), since, wanted)
    for slug in sorted(slugs):
        if not same(slug, "value", found["kpis"][slug]["previous"], before[slug]["value"]):
            yield asked, slug, "previous", found["kpis"][slug]["previous"], before[slug]["value"]
    assert found["groups"]
    for group in found["groups"]:
        if asked["group"] in FILTERS:
            key = group["key"].partition("@")[0] if group["key"] else None
            expected = oracle.figures(since, until, FILTERS[asked["group"]](key))
        else:
            expected = oracle.figures(*(date.fromisoformat(group[name]) for name in ("from", "to")), wanted)
        for figure in expected.values():
            figure.pop("literal", None)  # stands beside the whole only
        yield from compared(group["kpis"], expected, asked | {"at": group["key"]}, slugs)


def compared(told: Any, expected: dict[str, Any], asked: dict[str, str], slugs: set[str]) -> Iterator[Difference]:
    for slug in sorted(slugs):
        for name, value in expected[slug].items():
            if not same(slug, name, told[slug].get(name), value):
                yield asked, slug, name, told[slug].get(name), value


def same(slug: str, name: str, told: Any, expected: Any) -> bool:
    """To the last digit, but for what PostgreSQL reckons in floating point: that to twelve."""
    if isinstance(expected, dict):
        return told is not None and all(same(slug, inner, told[inner], one) for inner, one in expected.items())
    floating = expected is not None and slug in ("internal_quality_score", "replies_per_resolution")
    return bool(told == (pytest.approx(expected, rel=1e-12) if floating else expected))
