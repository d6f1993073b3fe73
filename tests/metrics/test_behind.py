"""A figure, the list behind it and its export are the same rows, for every KPI."""

import csv
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from metrics.behind import csv_lines, rows_of
from metrics.kpis import KPIS
from metrics.panels import reason_words
from metrics.ratios import NoTickets
from metrics.together import now_and_before
from tests.metrics.archive.conftest import history
from tests.metrics.timelines import scope

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_figure_list_and_export_of_every_kpi_are_the_same_rows(clock: str, tmp_path: Path) -> None:
    history(tmp_path, 9, 60)
    whole = scope("2026-02-20", "2026-11-10", clock)
    listed = 0
    for slug, kpi in KPIS.items():
        measure = kpi.measure(whole)
        figure = measure.figure(whole)
        for excluded in (False, True):
            rows = rows_of(kpi, whole, excluded=excluded)
            lines = list(csv.DictReader(StringIO("".join(csv_lines(kpi, rows, PARIS)))))
            assert (slug, len(lines)) == (slug, rows.count())
            assert all(line["why"] for line in lines) is excluded or not lines
        count = 0 if isinstance(measure, NoTickets) else figure.extra.get("tickets", figure.n)
        assert (slug, rows_of(kpi, whole, excluded=False).count()) == (slug, count)
        listed += count
    assert listed > 300


@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_figures_read_together_are_those_read_alone(clock: str, tmp_path: Path) -> None:
    history(tmp_path, 10, 120)
    whole = scope("2026-05-01", "2026-07-01", clock)
    measures = {slug: kpi.measure(whole) for slug, kpi in KPIS.items()}
    for slug, (now, before) in now_and_before(measures, whole).items():
        assert (slug, now) == (slug, measures[slug].figure(whole))
        assert (slug, before.value) == (slug, measures[slug].figure(whole.previous()).value)


def test_every_reason_for_leaving_a_ticket_out_has_words() -> None:
    parts = [part for kpi in KPIS.values() for part in kpi.measure(scope("2026-03-01", "2026-04-01")).parts.values()]
    keys = {why for part in parts for why in part.population.left_out}
    assert {key for key in keys if reason_words(key) == key} == set()
