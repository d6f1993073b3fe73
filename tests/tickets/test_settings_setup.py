"""The seven questions of S109: as things stand, and what an answer changes. Admins alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Presence, Role, Team, User
from hours.actions import set_hours
from hours.models import Calendar
from tests import factories as make
from tickets import actions
from tickets.escalation import escalate
from tickets.models import DeskSettings, SlaPolicy
from tickets.views.settings.setup_questions import questions

pytestmark = pytest.mark.django_db
WEEK = {"mon": "10:00–12:00, 13:00-19:00", "sat": "10-12"}
LIMITS = {"agent": "50", "lead": "150", "manager": "500", "admin": "5000", "partner": "0"}


@pytest.fixture
def shop():
    return make.shop()


@pytest.fixture
def desk(shop):
    return login(make.admin(language="en"))


def login(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answered(shop) -> list[str]:
    return [one.key for one in questions(shop) if one.answered]


def test_a_new_house_has_answered_nothing_though_usual_limits_count(desk, shop):
    page = desk.get("/settings/setup/").content.decode()
    assert answered(shop) == []
    assert "0 of 7 answered" in page
    assert "These are the usual limits: save them if they suit." in page
    assert actions.limit_of(make.user(), make.ticket()) == 30
    assert "time always runs: day and night." in page
    assert "First say who serves." in page


def test_seven_answers_one_after_the_other(desk, shop):
    """Each is kept where the other settings keep it."""
    ines = make.user(first_name="Inès", last_name="Benali")
    desk.post("/settings/setup/who/", {"name": "Service client", "members": [ines.pk]})
    team = Team.objects.get(key="service-client")
    assert (team.name, list(team.members.all())) == ("Service client", [ines])
    desk.post("/settings/setup/hours/", WEEK)
    hours = Calendar.objects.get(shop=shop, default=True)
    assert hours.weekly == {"mon": [["10:00", "12:00"], ["13:00", "19:00"]], "sat": [["10:00", "12:00"]]}
    desk.post("/settings/setup/accountable/", {f"team_{team.pk}": ines.pk})
    ines.refresh_from_db()
    assert (ines.role, list(ines.teams.all())) == (Role.LEAD, [team])
    desk.post("/settings/setup/management/", {"preset": "expected", "warn_at_percent": 80, "escalate_every": "30 min"})
    ladder = SlaPolicy.objects.filter(shop=shop).values_list("warn_at_percent", "escalate_every")
    assert list(ladder) == [(80, 1800)] * 3
    desk.post("/settings/setup/limits/", LIMITS)
    assert DeskSettings.of(shop).compensation_limits == LIMITS
    assert answered(shop) == ["who", "hours", "accountable", "management", "limits"]


def test_what_can_only_be_written_elsewhere_is_looked_up(shop):
    """Training: the coach's own phrases. Resources: a channel, a shared macro, a published article."""
    desk = DeskSettings.of(shop)
    desk.phrases = {"fr": {"banned": ["comme je l’ai dit"], "rewrites": []}}
    desk.save()
    make.channel()
    training, resources = questions(shop)[1:3]
    assert (training.answered, training.says) == (True, ["The coach watches for 1 phrase of yours."])
    assert (resources.answered, resources.says) == (
        False,
        ["1 channel is open.", "0 shared macros.", "0 published articles."],
    )


def test_the_answers_count_at_once(desk, shop):
    """The lead chosen here is called in; the limit set here asks nobody."""
    ines, team = make.user(presence=Presence.ONLINE), make.team("care")
    desk.post("/settings/setup/accountable/", {f"team_{team.pk}": ines.pk})
    desk.post("/settings/setup/limits/", LIMITS)
    ticket = make.ticket(team=team)
    assert escalate(ticket, why="late") == ines
    assert actions.limit_of(make.user(), ticket) == 50


def test_amounts_are_read_and_shown_as_the_language_writes_them(shop):
    desk = login(make.admin(language="fr"))
    desk.post("/settings/setup/limits/", LIMITS | {"agent": "12,50"})
    assert DeskSettings.of(shop).compensation_limits["agent"] == "12.50"
    assert 'value="12,50"' in desk.get("/settings/setup/").content.decode()


def test_who_leads_already_keeps_their_teams(desk):
    other, team = make.team("orders"), make.team("care")
    lead = make.user(role=Role.LEAD, teams=(other,))
    desk.post("/settings/setup/accountable/", {f"team_{team.pk}": lead.pk, f"team_{other.pk}": ""})
    lead.refresh_from_db()
    assert (lead.role, set(lead.teams.all())) == (Role.LEAD, {team, other})


def test_hours_saved_as_they_are_leave_the_plans_for_later(desk, shop):
    calendar = make.calendar(shop)
    later = timezone.now() + timedelta(days=30)
    set_hours(calendar, valid_from=later, weekly={"mon": [["08:00", "20:00"]]})
    usual = dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], "09:00–12:00, 13:30–18:00")
    desk.post("/settings/setup/hours/", usual)
    assert len(Calendar.objects.get(pk=calendar.pk).versions()) == 2


def test_hours_that_are_not_the_shops_own_are_left_alone(desk, shop):
    night = make.calendar(shop, key="hours-main", default=False)
    desk.post("/settings/setup/hours/", WEEK)
    night.refresh_from_db()
    assert (len(night.weekly), Calendar.objects.get(default=True).key) == (5, "hours-main-2")


def test_a_ladder_of_its_own_is_pointed_out_before_it_is_made_alike(desk, shop):
    for n, every in enumerate([3600, 7200]):
        SlaPolicy.objects.create(key=f"p{n}", name="P", shop=shop, first_reply=60, escalate_every=every, version=1)
    assert questions(shop)[5].says == [
        "Counts for the shop’s 2 targets.",
        "They differ today: saving makes them alike.",
    ]
    desk.post("/settings/setup/management/", {"warn_at_percent": 75, "escalate_every": ""})
    assert list(SlaPolicy.objects.values_list("escalate_every", "version")) == [(None, 1)] * 2


@pytest.mark.parametrize(
    ("question", "sent", "words"),
    [
        ("who", {"name": "Care"}, "Choose a short name that no other team has."),
        ("hours", {"mon": "noon"}, "is no time"),
        ("hours", {}, "Open on one day at least."),
        ("management", {"warn_at_percent": 0}, "Ensure this value is greater than or equal to 1."),
        ("limits", LIMITS | {"agent": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_wrong_answer_is_shown_with_its_words_and_keeps_nothing(desk, shop, question, sent, words):
    make.team("care")
    answer = desk.post(f"/settings/setup/{question}/", sent)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (Team.objects.count(), Calendar.objects.count(), SlaPolicy.objects.count()) == (1, 0, 0)


def test_only_the_five_can_be_written_and_only_by_admins(desk):
    assert [desk.post(f"/settings/setup/{key}/").status_code for key in ("training", "no-such")] == [404, 404]
    assert login(make.user(role=Role.MANAGER)).get("/settings/setup/").status_code == 403


def test_each_shop_has_its_own_answers(desk, shop):
    other = make.shop("bleue", name="Lune Bleue")
    desk.post("/settings/setup/limits/", LIMITS | {"shop": "bleue"})
    assert (
        DeskSettings.of(shop).compensation_limits.get("agent"),
        DeskSettings.of(other).compensation_limits["agent"],
    ) == (
        None,
        "50",
    )


def test_the_same_number_of_queries_for_1_3_and_30_teams(desk, shop):
    counts, made = [], 0
    for rows in (1, 3, 30):
        while made < rows:
            made += 1
            SlaPolicy.objects.create(key=f"p{made}", name="P", shop=shop, first_reply=60)
            make.team(f"team-{made}", make.user(role=Role.LEAD))
        desk.get("/settings/setup/")
        with CaptureQueriesContext(connection) as captured:
            assert desk.get("/settings/setup/").status_code == 200
        counts.append(len(captured))
    assert counts == [counts[0]] * 3
