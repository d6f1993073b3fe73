"""The dashboards: each figure is a link to the tickets that it counted; a page costs the same whatever it shows."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Role, User
from customers.models import Order
from metrics.kpis import KPIS
from metrics.ratios import NoTickets, Quotient
from metrics.sheets import SHEETS
from metrics.staffing import agents_for
from metrics.views.dashboards import PAGES
from surveys.models import Kind, Survey
from tests import factories
from tests.metrics.timelines import colleague, drawn
from tickets.models import Deadline, Reason, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager() -> User:
    return factories.user("claire@example.com", role=Role.MANAGER, language="en")


@pytest.fixture
def client(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def history(count: int) -> list[Ticket]:
    """Tickets of March: answered after an hour, solved after two, rated 5."""
    reason = Reason.objects.get_or_create(key="late", defaults={"what": "Livraison", "why": "Retard"})[0]
    found = []
    for n in range(count):
        day = f"2026-03-{2 + n % 20:02}"
        ticket = drawn(f"{day} 10:00", (f"{day} 11:00", "agent"), (f"{day} 12:00", "solved"), reason=reason)
        rated = {"ticket": ticket, "agent": colleague(), "shop": ticket.shop, "customer": ticket.customer}
        at = ticket.opened_at + timedelta(hours=3)
        Survey.objects.create(kind=Kind.CSAT, state="sent", score=5, sent_at=at, answered_at=at, **rated)
        found.append(ticket)
    return found


PATHS = [f"/figures/{name.removeprefix('figures').strip('-')}/".replace("//", "/") for name in PAGES]


@pytest.mark.parametrize(
    "path",
    [
        *PATHS,
        "/figures/level/",
        "/figures/level/months/",
        "/figures/settings/",
        "/figures/goals/",
        "/figures/alerts/",
        "/figures/reports/",
    ],
)
def test_every_page_opens_empty_and_full(client: Client, path: str) -> None:
    factories.shop()
    assert client.get(path).status_code == 200
    history(3)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("page", ["", "team/", "channels/", "quality/", "loyalty/", "reasons/"])
def test_a_page_costs_the_same_for_one_three_and_thirty_tickets(
    client: Client, page: str, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts, path = [], f"/figures/{page}"
    for more in (1, 2, 27):
        history(more)
        client.get(path)  # brings the facts up to date
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts == [counts[0]] * 3
    assert counts[0] <= (22 if page == "team/" else 20)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_table_has_its_sheet(client: Client, sheet: str) -> None:
    history(8)
    lines = sheet_of(client, sheet)
    assert lines[0] == list(SHEETS[sheet].head)
    assert {len(line) for line in lines} == {len(SHEETS[sheet].head)}
    assert client.get("/figures/sheet/nothing/").status_code == 404


def test_what_customers_wrote_is_exported_reason_by_reason(client: Client) -> None:
    late, _other = history(1)[0], drawn("2026-03-20 10:00")
    late.messages.filter(author="customer").update(text="Un étui serait bien.", visible_until=None)
    assert sheet_of(client, "words", reason="late")[1:] == [
        [str(late.pk), "2026-03-02T10:00:00+01:00", "late", str(late.reason), "Un étui serait bien."]
    ]


def test_the_contacts_of_a_product_lead_to_exactly_its_tickets(client: Client) -> None:
    keyboard, other = [{"sku": "K2", "name": "Clavier"}], [{"sku": "M1", "name": "Souris"}]
    for ticket, items in zip(history(5), (keyboard, keyboard, keyboard, other, []), strict=True):
        ticket.orders.add(factories.order(ticket.customer, items=items, placed_at=ticket.opened_at))
    (line,) = sheet_of(client, "products")[1:]
    assert line == ["K2", "Clavier", "3", "3", "100.0"]
    page = client.get("/figures/kpi/contact_ratio/?product=K2")
    figure = page.context["card"].figure
    assert (page.context["included"], figure.numerator, figure.denominator) == (3, 3, 3)


def sheet_of(client: Client, sheet: str, **query: str) -> list[list[str]]:
    told = client.get(f"/figures/sheet/{sheet}/", query).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(told)))


@pytest.mark.parametrize("slug", KPIS)
def test_figure_list_and_export_agree(client: Client, slug: str) -> None:
    history(4)
    drawn("2026-03-20 10:00")
    drawn("2026-03-20 10:00", opened_by_customer=False)
    spam = drawn("2026-03-20 10:00")
    Ticket.objects.filter(pk=spam.pk).update(spam=True)
    page = client.get(f"/figures/kpi/{slug}/")
    exported = client.get(f"/figures/kpi/{slug}/csv/")
    lines = list(csv.reader(io.StringIO(exported.getvalue().decode("utf-8-sig"))))
    assert lines[0] == ["ticket", "subject", "customer", "channel", "reason", "at", "value", "why", "evidence"]
    assert len(lines) - 1 == page.context["included"] == len(page.context["rows"])
    told = client.get(f"/figures/kpi/{slug}/json/").json()
    assert len(told["tickets"]) == page.context["included"]
    assert told["kpis"][slug]["value"] == page.context["card"].figure.value
    measure = KPIS[slug].measure(page.context["asked"].scope)
    if not isinstance(measure, (NoTickets, Quotient)):
        assert page.context["included"] == page.context["card"].figure.n
        assert page.context["equal"]


def test_what_is_left_out_is_listed_with_why(client: Client) -> None:
    spam = drawn("2026-03-20 10:00", ("2026-03-20 11:00", "agent"))
    Ticket.objects.filter(pk=spam.pk).update(spam=True)
    drawn("2026-03-20 10:00", ("2026-03-20 11:00", "agent"), opened_by_customer=False)
    page = client.get("/figures/kpi/first_response_time/?set=excluded")
    assert sorted(page.context["whys"]) == [("opened by a colleague", 1), ("spam", 1)]
    assert page.context["included"] == 0
    assert "not enough data yet" in page.content.decode()


def test_no_value_is_a_dash(client: Client) -> None:
    factories.shop()
    page = client.get("/figures/kpi/contact_ratio/")
    assert page.context["card"].parts == [("—", "")]


def test_an_unfinished_day_is_not_compared(client: Client) -> None:
    factories.shop()
    assert client.get("/figures/?period=today").context["asked"].before is None
    before = client.get("/figures/").context["asked"].before.window
    assert (before.since.isoformat(), before.until.isoformat()) == ("2026-01-28", "2026-02-25")


def test_the_permanent_link_keeps_its_days(client: Client) -> None:
    factories.shop()
    link = client.get("/figures/kpi/csat/").context["asked"].permalink
    assert link == "?period=custom&since=2026-02-25&until=2026-03-24"


def test_words_of_strangers_are_no_formulas_in_the_export(client: Client) -> None:
    drawn("2026-03-20 10:00", subject="=HYPERLINK(1)")
    lines = client.get("/figures/kpi/tickets_opened/csv/").getvalue().decode("utf-8-sig").splitlines()
    assert "'=HYPERLINK(1)" in lines[1]


def test_an_address_that_cannot_be_read_falls_back(client: Client) -> None:
    factories.shop()
    page = client.get("/figures/?period=custom&since=2026-13-01&channel=pigeon&agent=x")
    assert page.status_code == 200
    assert page.context["asked"].scope.channel == ""


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "2201-01-01", "9999-12-31"])
def test_days_beyond_all_reckoning_fall_back_as_the_api_refuses_them(client: Client, day: str) -> None:
    factories.shop()
    page = client.get("/figures/", {"period": "custom", "since": day, "until": day})
    assert (page.status_code, page.context["asked"].period) == (200, "28d")
    assert client.get("/surveys/", {"since": day, "until": day}).status_code == 200


def test_a_file_refuses_what_a_page_leaves_out_and_both_name_the_field(client: Client) -> None:
    factories.shop()
    words = "colleague: Select a valid choice."
    assert words in client.get("/figures/kpi/csat/?agent=nobody").content.decode()
    for path in ("/figures/kpi/csat/csv/", "/figures/kpi/csat/json/", "/figures/sheet/reasons/"):
        answer = client.get(path, {"agent": "nobody"})
        assert (answer.status_code, words in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("until", ["2026-03-16", "2026-03-22", "2026-03-23"])
def test_an_hour_of_the_rota_is_the_mean_of_the_days_that_the_period_has(client: Client, until: str) -> None:
    for monday in ("16", "23"):
        for _n in range(4 if f"2026-03-{monday}" <= until else 0):
            drawn(f"2026-03-{monday} 10:00")
    address = f"/figures/staffing/?period=custom&since=2026-03-16&until={until}"
    rota = client.get(address).context["rota"]
    four_an_hour = agents_for(4, handling=600, target=300, share=0.8)
    assert (rota.rows[0].people[10], rota.hours) == (four_an_hour, four_an_hour)


def test_an_hour_of_the_heat_map_lists_its_tickets(client: Client) -> None:
    wanted = drawn("2026-03-20 13:05")  # a Friday
    drawn("2026-03-20 14:00")
    address = "/figures/kpi/contact_ratio/"
    page = client.get(address, {"hour": "5-13"})
    assert [row.number for row in page.context["rows"]] == [wanted.pk]
    assert page.context["hour_count"] == 1
    lines = client.get(f"{address}csv/", {"hour": "5-13"}).getvalue().decode().splitlines()
    assert (len(lines), str(wanted.pk) in lines[1]) == (2, True)
    assert f"{address}?hour=5-13#rows" in client.get("/figures/").content.decode()
    assert client.get(address, {"hour": "8-13"}).status_code == 400
    assert client.get("/figures/kpi/retention_rate/", {"hour": "5-13"}).context["hour_count"] == 0
    told = client.get(f"{address}json/", {"hour": "5-13"}).json()["tickets"]
    assert len(told) == 1


def test_a_colleague_who_is_gone_does_not_change_the_days(client: Client) -> None:
    page = client.get("/figures/?period=custom&since=2026-01-01&until=2026-01-31&agent=999999")
    assert str(page.context["asked"].scope.window.since) == "2026-01-01"


def test_a_holiday_is_marked_on_the_days(client: Client) -> None:
    factories.calendar(holidays={"country": "FR"})
    drawn("2026-01-05 10:00")
    page = client.get("/figures/kpi/tickets_opened/?period=custom&since=2026-01-01&until=2026-01-10")
    (mark,) = page.context["chart"].chart.marks
    assert (mark.value, mark.label) == ("Thu 1 Jan", "New Year's Day, closed")


def test_agents_have_no_figures(client: Client) -> None:
    agent = Client()
    agent.force_login(factories.user(role=Role.AGENT))
    assert agent.get("/figures/").status_code == 403
    assert client.get("/figures/kpi/nothing/").status_code == 404


def test_a_figure_is_worked_out_on_one_of_its_tickets(client: Client) -> None:
    factories.calendar()
    history(2)
    chosen = drawn(
        "2026-03-20 17:30", ("2026-03-20 17:31", "auto"), ("2026-03-21 10:00", "failed"), ("2026-03-23 09:30", "agent")
    )
    address = f"/figures/kpi/response_time/?ticket={chosen.pk}"
    told = client.get(address).context["worked"]
    assert [(line.words, line.effect, *line.lengths) for line in told.lines] == [
        ("The customer wrote", "the clock starts", "", ""),
        ("An automatic answer", "nobody wrote it: the clock runs on", "", ""),
        (f"{colleague().full_name} replied", "did not arrive: the clock runs on", "", ""),
        (f"{colleague().full_name} replied", "the clock stops", "230,400\u00a0s", "3,600\u00a0s"),
    ]
    assert (told.sum, told.words) == ("230,400\u00a0s", "2\u00a0d\u00a016\u00a0h")
    assert client.get("/figures/kpi/csat/").context["worked"] is None
    assert client.get("/figures/kpi/response_time/?ticket=999999").context["worked"] is None


def test_targets_stand_on_the_chart_of_their_own_clock_only(client: Client) -> None:
    for channel, seconds, clock in (("email", 7200, "calendar"), ("chat", 300, "business")):
        for minute, state in ((2, "met"), (20, "met" if channel == "email" else "missed")):
            ticket = drawn("2026-03-19 10:00", (f"2026-03-19 10:{minute:02}", "agent"), channel_kind=channel)
            due = ticket.opened_at + timedelta(seconds=seconds)
            Deadline.objects.create(
                ticket=ticket, kind="first_reply", clock=clock, target=seconds, started_at=ticket.opened_at,
                due_at=due, state=state, ended_at=due,
            )  # fmt: skip
    factories.calendar()
    found = client.get("/figures/").context["spread"]
    assert [(mark.label, mark.value) for mark in found.chart.marks if mark.kind == "target"] == [
        ("target, other", "2\u00a0h")
    ]
    assert found.other_target.words == "100\u00a0% within the target of 2\u00a0h"
    assert found.live_target.words == "50\u00a0% within the target of 5\u00a0min of opening hours"
    in_hours = client.get("/figures/?clock=business").context["spread"]
    assert [mark.label for mark in in_hours.chart.marks if mark.kind == "target"] == ["target, live"]


def test_what_no_ticket_stands_behind_has_its_days_and_no_list(client: Client) -> None:
    ticket = drawn("2026-03-19 10:00", ("2026-03-19 11:00", "agent"))
    bought = {"placed_at": datetime(2026, 3, 20, 9, tzinfo=UTC), "total": "59.90", "currency": "EUR"}
    Order.objects.create(shop=ticket.shop, customer=ticket.customer, number="1", status="delivered", **bought)
    page = client.get("/figures/kpi/support_revenue/")
    assert page.context["card"].words == "59.90\u00a0EUR"
    (bar,) = page.context["chart"].chart.bars
    assert bar.title == "Fri 20 Mar: 59.90"
    assert 'id="rows"' not in page.content.decode()
    assert 'id="rows"' in client.get("/figures/kpi/csat/").content.decode()
