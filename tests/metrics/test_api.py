"""GET /kpis/, /kpis/{slug}/tickets/ and /service-level/ (CONTRACT 3 and 5)."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from metrics.kpis import KPIS
from metrics.refresh import catch_up
from tests import factories
from tests.caller import Caller, problems
from tests.metrics.archive.conftest import history
from tests.metrics.timelines import drawn
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
CONTRACT = """
tickets_opened tickets_solved backlog first_response_time first_response_within_target longest_wait response_time
time_to_acknowledge resolution_time first_resolution_time requester_wait_time one_touch_rate
first_contact_resolution_rate reopen_rate replies_per_resolution abandonment_rate self_service_rate csat
csat_response_rate ces nps contact_ratio retention_rate sla_attainment promise_kept_rate internal_quality_score
handle_time support_revenue
""".split()  # noqa: SIM905 (as it stands in the contract)
MAY = {"from": "2026-05-01", "to": "2026-06-01"}
ALL = {"from": "2026-02-20", "to": "2026-11-10", "shop": "main"}


@pytest.fixture
def api(db: None) -> Caller:
    factories.shop()
    return Caller(factories.token(factories.user(role=Role.MANAGER)))


def test_every_kpi_of_the_contract_in_its_shape(api: Caller) -> None:
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 12:00", "solved"))
    found = api.get("/kpis/", **MAY).json()
    assert set(found["kpis"]) == set(CONTRACT) == set(KPIS)
    assert {name: found[name] for name in ("from", "to", "timezone", "clock", "stale", "groups")} == {
        "from": "2026-05-01",
        "to": "2026-06-01",
        "timezone": "Europe/Paris",
        "clock": "calendar",
        "stale": 0,
        "groups": [],
    }
    assert found["kpis"]["first_response_time"] == {
        "unit": "seconds",
        "label": "First response time",
        "better": "lower",
        "value": 3600.0,
        "n": 1,
        "numerator": 3600.0,
        "denominator": 1,
        "mean": 3600.0,
        "median": 3600.0,
        "p90": 3600.0,
        "max": 3600.0,
        "exact": True,
        "formula": {"version": 1, "text": str(KPIS["first_response_time"].definition)},
        "previous": None,
    }
    assert found["kpis"]["handle_time"]["value"] is None


def test_groups_cover_every_day_and_every_channel(api: Caller) -> None:
    drawn("2026-05-05 10:00", channel_kind="chat")
    drawn("2026-05-06 10:00")
    days = api.get("/kpis/", **{"from": "2026-05-05", "to": "2026-05-08"}, group="day", kpi="tickets_opened").json()
    assert [(day["key"], day["kpis"]["tickets_opened"]["value"]) for day in days["groups"]] == [
        ("2026-05-05", 1),
        ("2026-05-06", 1),
        ("2026-05-07", 0),
    ]
    channels = api.get("/kpis/", **MAY, group="channel").json()["groups"]
    assert [(one["key"], one["kpis"]["backlog"]["value"]) for one in channels] == [("chat", 1), ("email", 1)]
    reasons = api.get("/kpis/", **MAY, group="reason", kpi="tickets_opened").json()["groups"]
    assert [(one["key"], one["kpis"]["tickets_opened"]["value"]) for one in reasons] == [(None, 2)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-05-02", "to": "2026-05-02"}, "to"),
        ({"shop": "nowhere"}, "shop"),
        ({"channel": "pigeon"}, "channel"),
        ({"team": "nobody"}, "team"),
        ({"agent": "nobody@example.com"}, "agent"),
        ({"reason": "none"}, "reason"),
        ({"clock": "sundial"}, "clock"),
        ({"group": "hour"}, "group"),
        ({"group": "day", "from": "2020-01-01", "to": "2026-01-01"}, "group"),
        ({"kpi": "happiness"}, "kpi"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_filter_is_named(api: Caller, query: dict[str, str], field: str) -> None:
    answer = api.get("/kpis/", **query)
    assert (answer.status_code, [attr for _code, attr in problems(answer)]) == (400, [field])


def test_figures_are_for_managers(db: None) -> None:
    factories.shop()
    agent = Caller(factories.token(factories.user()))
    for path in ("/kpis/", "/kpis/backlog/tickets/", "/service-level/"):
        assert agent.get(path).status_code == 403
    assert Caller().get("/kpis/").status_code == 401


def test_an_unknown_kpi_has_no_list(api: Caller) -> None:
    assert api.get("/kpis/happiness/tickets/").status_code == 404


@pytest.mark.parametrize("clock", ["calendar", "business"])
def test_the_list_behind_every_figure_is_as_long_as_its_n(api: Caller, clock: str, tmp_path: Path) -> None:
    history(tmp_path, 5, 60)
    figures = api.get("/kpis/", **ALL, clock=clock).json()["kpis"]
    for slug in set(KPIS) - {"self_service_rate", "contact_ratio", "retention_rate", "support_revenue"}:
        rows = listed(api, slug, **ALL, clock=clock)
        assert (slug, len(rows)) == (slug, figures[slug]["n"])
        assert {row["why"] for row in rows} <= {None}
        if figures[slug]["unit"] == "seconds" and rows:
            total = figures[slug]["numerator"] or figures[slug]["value"]
            assert sum(row["value"] for row in rows) == pytest.approx(total, rel=1e-12)
        assert None not in {row["why"] for row in listed(api, slug, **ALL, clock=clock, set="excluded")}


def listed(api: Caller, slug: str, **query: object) -> list[dict[str, object]]:
    """Every row of the list, page by page."""
    rows, query = [], {**query, "page_size": 40}
    while True:
        page = api.get(f"/kpis/{slug}/tickets/", **query).json()
        rows += page["results"]
        if page["next"] is None:
            return rows
        query["cursor"] = page["next"].split("cursor=")[1].split("&")[0]


def test_what_is_left_out_says_why(api: Caller) -> None:
    counted = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"))
    spam = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"))
    Ticket.objects.filter(pk=spam.pk).update(spam=True)
    ours = drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), opened_by_customer=False)
    included = api.get("/kpis/first_response_time/tickets/", **MAY).json()["results"]
    excluded = api.get("/kpis/first_response_time/tickets/", **MAY, set="excluded").json()["results"]
    assert [(row["ticket"], row["value"], row["why"]) for row in included] == [(counted.pk, 3600.0, None)]
    assert [(row["ticket"], row["why"]) for row in excluded] == [(spam.pk, "spam"), (ours.pk, "agent_started")]


def test_the_contact_ratio_lists_its_tickets_and_self_service_those_it_is_held_against(api: Caller) -> None:
    factories.order(factories.customer(), placed_at="2026-05-10T10:00:00Z")
    ticket = drawn("2026-05-05 10:00")
    found = api.get("/kpis/", **MAY, kpi="contact_ratio,self_service_rate").json()["kpis"]
    assert (found["contact_ratio"]["numerator"], found["contact_ratio"]["denominator"]) == (1, 1)
    assert (found["self_service_rate"]["value"], found["self_service_rate"]["denominator"]) == (0, 1)
    for slug in found:
        assert [row["ticket"] for row in api.get(f"/kpis/{slug}/tickets/", **MAY).json()["results"]] == [ticket.pk]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_number_of_queries_does_not_grow(api: Caller, count: int) -> None:
    for _n in range(count):
        drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 12:00", "solved"))
    catch_up()
    with CaptureQueriesContext(
        connection,
    ) as figures:
        assert api.get("/kpis/", **MAY, group="channel").status_code == 200
    with CaptureQueriesContext(connection) as behind:
        assert len(api.get("/kpis/resolution_time/tickets/", **MAY).json()["results"]) == count
    assert (len(figures), len(behind)) == (56, 6)


def test_the_service_level_has_seven_factors_and_guesses_nothing(api: Caller) -> None:
    drawn("2026-05-05 10:00", ("2026-05-05 11:00", "agent"), ("2026-05-05 12:00", "solved"))
    found = api.get("/service-level/", **MAY).json()
    assert list(found["factors"]) == [
        *("response", "resolution", "quality", "accessibility", "self_service", "proactivity", "delight")
    ]
    assert {name: factor["level"] for name, factor in found["factors"].items()} == {
        **dict.fromkeys(("response", "resolution", "quality", "delight")),
        **dict.fromkeys(("accessibility", "self_service", "proactivity"), 1),
    }
    assert (found["overall"]["level"], found["overall"]["label"]) == (None, "Not enough data")
    assert found["factors"]["response"]["next_step"]["missing"] == 19
    assert [one["key"] for one in found["assumptions"] if not one["ours"]] == ["quality_l4", "self_service_l5"]
