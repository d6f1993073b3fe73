"""The months before: each counted by what was asked for and by what there was then."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Team
from metrics.models import FigureSettings
from metrics.refresh import catch_up
from metrics.service import evidence_of
from metrics.verdict import history
from tests import factories
from tests.metrics.timelines import drawn, scope
from tickets.models import Reason

pytestmark = pytest.mark.django_db


def levels_of(factor: str, **filters: Any) -> list[int | None]:
    """Of the twelve months up to March 2026."""
    catch_up()
    rows = dict(history(scope("2026-03-01", "2026-04-01", **filters)))
    return [cell.level for cell in rows[factor]]


def test_a_month_kept_for_the_whole_shop_is_not_shown_for_a_part_of_it() -> None:
    drawn("2026-03-10 10:00", ("2026-03-10 10:05", "agent"))
    assert levels_of("Accessibility")[-1] == 1
    others = {
        "team": Team.objects.create(key="b2b", name="B2B"),
        "agent": factories.user(),
        "reason": Reason.objects.create(key="late", what="Livraison", why="Retard"),
        "product": "SKU-1",
        "channel": "chat",
    }
    assert {name: levels_of("Accessibility", **{name: one})[-1] for name, one in others.items()} == dict.fromkeys(
        others
    )


def test_all_shops_together_need_every_channel_of_each_and_are_as_open_as_the_least() -> None:
    weekly = {"mon": [["09:00", "10:00"]]}
    for key, channels, hours in (("main", ["email"], {}), ("sud", ["chat"], {"weekly": weekly})):
        shop = factories.shop(key)
        factories.calendar(shop, **hours)
        FigureSettings.objects.create(shop=shop, relevant_channels=channels)
    found = evidence_of(replace(scope("2026-03-02", "2026-03-09"), shop=None))
    assert (found.relevant, found.open_week) == (["chat", "email"], 3600)
