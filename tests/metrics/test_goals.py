"""A goal is met or missed by the KPI's own value (S12)."""

from datetime import date

import pytest

from accounts.models import Role, User
from helpdesk.lib.refused import Refused
from metrics.goals import set_goal, standing, standings
from metrics.models import Goal
from metrics.refresh import catch_up
from tests import factories
from tests.metrics.timelines import colleague, drawn, value

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return factories.user(role=Role.MANAGER)


def goal(by: User, target: float, **fields: object) -> Goal:
    return set_goal(factories.shop(), "first_response_time", target, every="month", by=by, **fields)


def test_at_the_target_it_is_met_and_a_second_below_missed(manager: User) -> None:
    drawn("2026-03-10 10:00", ("2026-03-10 11:00", "agent"))
    catch_up()
    met, missed = (
        standing(goal(manager, 3600), date(2026, 3, 20)),
        standing(goal(manager, 3599, person=colleague()), date(2026, 3, 20)),
    )
    assert (met.met, met.words, met.target) == (True, "1\u00a0h", "1\u00a0h")
    assert missed.met is False
    assert met.figure.value == value("first_response_time", "2026-03-01", "2026-04-01") == 3600


def test_more_is_better_where_the_figure_says_so(manager: User) -> None:
    drawn("2026-03-10 10:00", ("2026-03-10 11:00", "agent"), ("2026-03-10 12:00", "solved"))
    catch_up()
    solved = set_goal(factories.shop(), "tickets_solved", 1, every="quarter", by=manager)
    assert standing(solved, date(2026, 2, 20)).met is True
    assert standing(solved, date(2026, 4, 1)).met is False


def test_the_goal_of_a_person_looks_at_their_replies_only(manager: User) -> None:
    drawn("2026-03-10 10:00", ("2026-03-10 11:00", "agent"))
    catch_up()
    other = goal(manager, 3600, person=factories.user())
    assert standing(other, date(2026, 3, 20)).met is None
    assert [one.goal for one in standings(factories.shop())] == [other]


@pytest.mark.parametrize(("slug", "target"), [("tickets_opened", 5), ("nothing", 5), ("csat", -1)])
def test_what_has_no_better_side_is_refused(manager: User, slug: str, target: float) -> None:
    with pytest.raises(Refused):
        set_goal(factories.shop(), slug, target, every="week", by=manager)
    assert not Goal.objects.exists()


def test_the_same_goal_twice_is_refused(manager: User) -> None:
    goal(manager, 3600)
    with pytest.raises(Refused) as refused:
        goal(manager, 60)
    assert refused.value.field == "slug"
    assert Goal.objects.get().target == 3600
