"""The leaderboard and the rewards (S54): a minimum sample and a tie rule; settings say which field is wrong."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from metrics.models import FigureSettings, Reward
from metrics.people import leaderboard, reward
from metrics.preferences import change_settings
from metrics.refresh import catch_up
from surveys.models import Kind, Survey
from tests import factories
from tests.metrics.timelines import at, drawn, scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    manager = factories.user("claire@example.com", role=Role.MANAGER, language="en")
    client = Client()
    client.force_login(manager)
    return client


def rated(agent: User, *scores: int) -> None:
    for score in scores:
        ticket = drawn("2026-03-02 10:00", ("2026-03-02 11:00", "agent"))
        about = {"ticket": ticket, "agent": agent, "shop": ticket.shop, "customer": ticket.customer}
        when = at("2026-03-03 10:00")
        Survey.objects.create(kind=Kind.CSAT, state="sent", score=score, sent_at=when, answered_at=when, **about)


def test_one_rating_does_not_lead_and_ties_go_to_the_larger_sample() -> None:
    FigureSettings.objects.create(shop=factories.shop(), leaderboard=True, leaderboard_least=2)
    people = [factories.user(f"{name}@example.com", first_name=name) for name in ("ada", "bo", "cy", "di", "ed")]
    ada, bo, cy, di, ed = people
    rated(ada, 5)  # perfect, but once
    rated(bo, 5, 5)
    rated(cy, 5, 5, 5)
    rated(di, 5, 1)
    rated(ed, 5, 1)
    catch_up()
    places = leaderboard("csat", scope("2026-03-01", "2026-04-01"))
    assert [(one.rank, one.person) for one in places] == [(1, cy), (2, bo), (3, di), (3, ed), (None, ada)]


def test_a_reward_is_of_one_person_or_one_team() -> None:
    shop, boss = factories.shop(), factories.user("boss@example.com")
    team = factories.team("care", boss)
    kept = reward(shop, " Une journée ", by=boss, person=boss, why="CSAT de mars")
    assert (kept.what, kept.why, kept.person, kept.team) == ("Une journée", "CSAT de mars", boss, None)
    with pytest.raises(Refused) as refused:
        reward(shop, "Un bon", by=boss)
    assert refused.value.field == "person"
    with pytest.raises(Refused) as refused:
        reward(shop, "Un bon", by=boss, person=boss, team=team)
    assert refused.value.field == "person"


def test_the_leaderboard_is_off_until_the_shop_wants_it(client: Client) -> None:
    shop = factories.shop()
    assert client.get("/figures/people/").status_code == 404
    change_settings(shop, leaderboard=True)
    assert client.get("/figures/people/").status_code == 200
    team = factories.team("care")
    given = {"shop": shop.pk, "what": "Un déjeuner", "team": team.pk}
    assert client.post("/figures/people/reward/", given).status_code == 302
    assert [(one.what, one.team) for one in Reward.objects.all()] == [("Un déjeuner", team)]


def test_among_several_shops_the_first_with_a_leaderboard_is_shown_unless_another_is_meant(client: Client) -> None:
    factories.shop()
    for key in ("nord", "sud"):
        change_settings(factories.shop(key), leaderboard=True)
    page = client.get("/figures/people/")
    assert (page.status_code, page.context["asked"].scope.shop) == (200, factories.shop("nord"))
    sud, team = factories.shop("sud"), factories.team("care")
    answer = client.post("/figures/people/reward/", {"shop": sud.pk, "what": "Un déjeuner", "team": team.pk})
    page = client.get(answer["Location"])
    assert [one.what for one in page.context["rewards"]] == ["Un déjeuner"]
    assert client.post("/figures/people/reward/", {"shop": sud.pk, "what": ""}).status_code == 422


def test_settings_name_the_field_that_is_out_of_bounds(client: Client) -> None:
    shop = factories.shop()
    with pytest.raises(Refused) as refused:
        change_settings(shop, relevant_channels=["email", "pigeon"])
    assert refused.value.field == "relevant_channels"
    with pytest.raises(Refused) as refused:
        change_settings(shop, active_days=0)
    assert refused.value.field == "active_days"
    good = {
        "shop": shop.key, "active_days": 180, "revenue_days": 5, "hour_cost": "24.00", "reply_minutes": "5",
        "relevant_channels": ["email", "chat"], "leaderboard_least": 20,
    }  # fmt: skip
    page = client.post("/figures/settings/save/", good | {"revenue_days": 0})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["revenue_days"])
    assert client.post("/figures/settings/save/", good).status_code == 302
    kept = FigureSettings.objects.get()
    assert (kept.active_days, kept.revenue_days, kept.hour_cost) == (180, 5, Decimal("24.00"))
    assert (kept.relevant_channels, kept.leaderboard) == (["email", "chat"], False)
