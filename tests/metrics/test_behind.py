"""A figure, the list behind it and its export are the same rows, for every KPI."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from metrics.behind import after, csv_lines, orders, place_of, rows_of, told
from metrics.kpis import KPIS
from metrics.models import TicketFacts
from metrics.panels import reason_words
from metrics.ratios import NoTickets
from metrics.refresh import catch_up
from metrics.together import now_and_before
from metrics.worked import STRETCHES, worked
from tests import factories
from tests.metrics.archive.conftest import history
from tests.metrics.timelines import PARIS, at, colleague, drawn, scope
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
NOON = at("2026-03-07 12:00")
PLAIN = ("not acknowledged in the period", "the shop has no opening hours")  # say all there is to say


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
            lines = list(csv.DictReader(StringIO("".join(csv_lines(kpi, rows, whole)))))
            assert (slug, len(lines)) == (slug, rows.count())
            assert all(line["why"] for line in lines) is excluded or not lines
            assert {line["why"] for line in lines if not line["evidence"]} <= {*PLAIN, ""}
        count = 0 if isinstance(measure, NoTickets) else figure.extra.get("tickets", figure.n)
        assert (slug, rows_of(kpi, whole, excluded=False).count()) == (slug, count)
        listed += count
    assert listed > 300


def test_pages_follow_each_other_in_every_order_of_every_kpi(tmp_path: Path) -> None:
    history(tmp_path, 11, 60)
    whole = scope("2026-02-20", "2026-11-10")
    for slug, kpi in KPIS.items():
        for name, (_label, order) in orders(kpi).items():
            for excluded in (False, True):
                rows = order.sort(rows_of(kpi, whole, excluded=excluded), backwards=False)
                pages, page = [], list(rows[:25])
                while page:
                    pages += page
                    page = list(after(rows, order, place_of(page[-1], order))[:25])
                assert (slug, name, [row.pk for row in pages]) == (slug, name, [row.pk for row in rows])


def test_what_is_left_out_adds_up_and_each_has_its_evidence() -> None:
    """Opened in March or answered in March: counted, or left out for one reason."""
    seen = drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"))
    drawn("2026-02-27 10:00", ("2026-03-03 11:00", "agent"))
    lost = drawn("2026-03-04 10:00", ("2026-03-04 11:00", "failed"), ("2026-03-04 11:05", "note"))
    late = drawn("2026-03-30 10:00", ("2026-04-02 11:00", "agent"))
    closed = drawn("2026-03-05 10:00", ("2026-03-05 12:00", "closed"))
    Ticket.objects.filter(pk=closed.pk).update(state="closed", closed_at=NOON)
    ours = drawn("2026-03-06 10:00", ("2026-03-06 10:00", "opened"), opened_by_customer=False)
    spam = drawn("2026-03-06 10:00", ("2026-03-06 10:05", "spam"))
    gone = drawn("2026-03-07 10:00", ("2026-03-07 10:05", "deleted"))
    trial = drawn("2026-03-07 10:00", is_test=True)
    merged = drawn("2026-03-08 10:00")
    Event.objects.create(
        ticket=merged, kind="merged", at=at("2026-03-08 10:30"), actor="agent", user=colleague(), data={"into": seen.pk}
    )
    for ticket, change in ((spam, {"spam": True}), (gone, {"deleted_at": NOON}), (merged, {"merged_into": seen})):
        Ticket.objects.filter(pk=ticket.pk).update(**change)
    catch_up()
    month, kpi = scope("2026-03-01", "2026-04-01"), KPIS["first_response_time"]
    by = f"by {colleague().full_name}, "
    with timezone.override(PARIS):
        rows = {row.number: row for row in told(kpi, rows_of(kpi, month, excluded=True), month)}
    assert {row.number: (row.why, row.proof.words) for row in rows.values()} == {
        lost.pk: ("no answer in the period", "waits since Wed 4 Mar 10:00, 1 reply did not arrive"),
        late.pk: ("no answer in the period", "answered Thu 2 Apr 11:00"),
        closed.pk: ("no answer in the period", "now: Closed"),
        ours.pk: ("opened by a colleague", f"{by}Fri 6 Mar 10:00"),
        spam.pk: ("spam", f"{by}Fri 6 Mar 10:05"),
        gone.pk: ("deleted", f"{by}Sat 7 Mar 10:05"),
        trial.pk: ("a test", "marked as a test in the archive that it came with"),
        merged.pk: ("merged into another ticket", f"{by}Sun 8 Mar 10:30"),
    }
    assert rows[merged.pk].proof.ticket == seen.pk
    claire = Client()
    claire.force_login(factories.user("claire@example.com", role="manager", language="fr"))
    asked = {"period": "custom", "since": "2026-03-01", "until": "2026-03-31", "set": "excluded"}
    sheet = claire.get(f"/figures/kpi/{kpi.slug}/csv/", asked).getvalue().decode()
    assert (",fusionné dans un autre ticket," in sheet, "dim 8 mars 10:30" in sheet) == (True, True)
    worst = {"order": "worst", "after": "[1e999,1]"}
    assert claire.get(f"/figures/kpi/{kpi.slug}/", asked | worst).status_code == 200
    figure = kpi.measure(month).figure(month)
    either = Q(opened_at__gte=month.window.start, opened_at__lt=month.window.end)
    either |= Q(first_reply_at__gte=month.window.start, first_reply_at__lt=month.window.end)
    assert figure.n + len(rows) == TicketFacts.objects.filter(either).count() == 10


def test_the_literal_reading_counts_those_left_out_without_an_answer(tmp_path: Path) -> None:
    history(tmp_path, 12, 60)
    month, kpi = scope("2026-02-20", "2026-11-10"), KPIS["response_time"]
    measure = kpi.measure(month)
    figure = measure.completed(measure.figure(month), month)
    silent = rows_of(kpi, month, excluded=True).filter(left_out_as="unanswered").count()
    assert figure.extra["literal"]["n"] == figure.n + silent
    assert silent > 0


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
    keys = {why for part in parts for why in part.population.left_out | part.unmeasured()} | {"unanswered", "no_hours"}
    beyond = [part.population.beyond for part in parts if part.population.beyond]
    keys |= {why for one in beyond for why in (*one.why, one.late) if why}
    assert {key for key in keys if reason_words(key) == key} == set()


@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_what_every_ticket_contributed_follows_from_its_timeline(clock: str, tmp_path: Path) -> None:
    history(tmp_path, 13, 40)
    whole = scope("2026-02-20", "2026-11-10", clock)
    seen = 0
    for slug in STRETCHES:
        for row in rows_of(KPIS[slug], whole, excluded=False):
            told = worked(KPIS[slug], row, whole)
            assert (slug, row.number, told.total) == (slug, row.number, row.measured / 1_000_000)
            seen += len(told.lengths)
    assert seen > 100


def test_what_another_colleague_answered_is_not_called_unanswered() -> None:
    other = factories.user("other@example.com")
    theirs = {"assignee": other, "assigned_at": at("2026-03-02 10:00")}
    answered = drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"), **theirs)
    silent = drawn("2026-03-02 10:00", **theirs)
    catch_up()
    rows = rows_of(KPIS["response_time"], scope("2026-03-01", "2026-04-01", agent=other), excluded=True)
    assert {row.number: row.left_out_as for row in rows} == {answered.pk: "by_another", silent.pk: "unanswered"}
