"""/surveys/ and /survey-policies/ of the API."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Role
from metrics.kpis import KPIS
from metrics.refresh import catch_up
from metrics.scope import Scope
from metrics.windows import DAY, Window
from surveys.models import FollowUp, Source, Survey, SurveyPolicy
from tests import factories
from tests.caller import Caller, problems
from tests.surveys.scenes import helped

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(db):
    return Caller(factories.token(factories.admin()))


def test_an_answer_collected_elsewhere(api, agent, shop):
    ticket = helped(agent)
    body = {"ticket": ticket.pk, "kind": "csat", "score": 1, "comment": "Non", "dissatisfaction": "delivery"}
    first, again = (api.post("/surveys/", body, key="k1") for _n in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    survey = Survey.objects.get()
    assert (survey.agent, survey.source, survey.score) == (agent, Source.API, 1)
    shown = first.json()
    assert (shown["ticket"], shown["agent"]["email"], shown["comment"]) == (ticket.pk, agent.email, "Non")
    assert shown["follow_up"]["outcome"] == ""
    assert FollowUp.objects.count() == 1


def test_only_managers_credit_another_and_an_answer_that_was_not_asked_for_is_in_no_response_rate(api, agent, shop):
    other = factories.user()
    body = {"ticket": helped(agent).pk, "kind": "csat", "score": 5, "agent": other.email}
    answer = Caller(factories.token(other)).post("/surveys/", body)
    assert (answer.status_code, problems(answer)) == (400, [("forbidden", "agent")])
    assert api.post("/surveys/", body).status_code == 201
    assert Survey.objects.get().agent == other
    assert not Survey.objects.delivered().exists()
    catch_up()
    today = timezone.localdate()
    scope = Scope(Window(today - DAY, today + 2 * DAY, ZoneInfo("Europe/Paris")), shop=shop)
    assert {slug: KPIS[slug].measure(scope).figure(scope).n for slug in ("csat", "csat_response_rate")} == {
        "csat": 1, "csat_response_rate": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"score": 6}, ("invalid", "score")),
        ({"score": -1}, ("min_value", "score")),
        ({"score": 4.5}, ("invalid", "score")),
        ({"kind": "stars"}, ("invalid_choice", "kind")),
        ({"answered_at": "2199-01-01T00:00:00Z"}, ("invalid", "answered_at")),
        ({"agent": "nobody@example.org"}, ("does_not_exist", "agent")),
        ({"stars": 5}, ("unknown", "stars")),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(api, agent, shop, change, problem):
    body = {"ticket": helped(agent).pk, "kind": "csat", "score": 5} | change
    answer = api.post("/surveys/", body)
    assert (answer.status_code, problems(answer)) == (400, [problem])
    assert Survey.objects.count() == 0


def test_the_list_narrows_and_respects_teams(api, agent, shop):
    team = factories.team("care", agent)
    ticket = helped(agent, team=team)
    for score in (1, 5):
        api.post("/surveys/", {"ticket": ticket.pk, "kind": "csat", "score": score})
    assert [one["score"] for one in api.get("/surveys/").json()["results"]] == [5, 1]
    assert [one["score"] for one in api.get("/surveys/", score=5).json()["results"]] == [5]
    assert api.get("/surveys/", answered="false").json()["results"] == []
    stranger = Caller(factories.token(factories.user(role=Role.AGENT)))
    assert stranger.get("/surveys/").json()["results"] == []
    assert stranger.get(f"/surveys/{Survey.objects.first().pk}/").status_code == 404
    assert stranger.post("/surveys/", {"ticket": ticket.pk, "kind": "csat", "score": 5}).status_code == 404


def test_policies(api, shop):
    made = api.post("/survey-policies/", {"shop": "main", "kind": "csat", "active": True, "delay": 60})
    assert made.status_code == 201
    row = SurveyPolicy.objects.get()
    assert (row.active, row.delay, row.active_since is not None) == (True, 60, True)
    api.patch(f"/survey-policies/{row.pk}/", {"active": False})
    row.refresh_from_db()
    assert (row.active, row.active_since) == (False, None)
    twice = api.post("/survey-policies/", {"shop": "main", "kind": "csat"})
    wrong = api.post("/survey-policies/", {"shop": "main", "kind": "nps", "when": "order"})
    half = api.patch(f"/survey-policies/{row.pk}/", {"quiet_from": "22:00"})
    assert [one.status_code for one in (twice, wrong, half)] == [400, 400, 400]
    assert api.delete(f"/survey-policies/{row.pk}/").status_code == 204
