"""The desk's survey pages: no score without its comment, follow-ups with an end, reviews beside the conversation."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from surveys import responses, reviews
from surveys.models import Category, FollowUp, Kind, Review, Scorecard, Survey, SurveyPolicy
from tests import factories
from tests.surveys.scenes import helped

pytestmark = pytest.mark.django_db


def login(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(db):
    return factories.user(role=Role.MANAGER, language="en")


@pytest.fixture
def desk(manager):
    return login(manager)


def rated(agent, score=1, comment="Trop long.", **fields):
    ticket = helped(agent, **fields)
    survey = responses.rating_from_outside(ticket=ticket, agent=agent, message=None, kind=Kind.CSAT, at=timezone.now())
    return responses.answer(survey, score=score, comment=comment)


def scorecard(by, *categories):
    card = Scorecard.objects.create(name=f"Bonne réponse {Scorecard.objects.count()}")
    draft = reviews.draft_of(card)
    for name, weight, critical in categories or [("Juste", 30, True), ("Clair", 10, False)]:
        Category.objects.create(version=draft, name=name, weight=weight, critical=critical)
    return reviews.publish(card, by=by)


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_same_number_of_queries_for_1_3_and_30_rows(desk, manager, agent, shop):
    paths = ["/surveys/", "/surveys/follow-ups/", "/surveys/quality/"]
    version = scorecard(manager)
    counts = []
    made = 0
    for rows in (1, 3, 30):
        while made < rows:
            survey = rated(agent)
            values = dict.fromkeys(version.categories.values_list("pk", flat=True), 3)
            reviews.review(survey.ticket, agent=agent, by=manager, version=version, values=values)
            made += 1
        counts.append([queries(desk, path) for path in paths])
    assert counts == [counts[0]] * 3


def test_each_score_stands_beside_its_comment_and_ticket(desk, agent, shop):
    surveys = [rated(agent, score, comment) for score, comment in ((1, "Jamais reçu."), (5, ""))]
    html = desk.get("/surveys/").content.decode()
    assert "<th>Comment</th>" in html
    assert ("Jamais reçu." in html, "no comment" in html) == (True, True)
    assert [f'href="/tickets/{one.ticket_id}/"' in html for one in surveys] == [True, True]


def test_filters(desk, manager, agent, shop):
    other = factories.user()
    low, high = rated(agent, 1, "un"), rated(other, 5, "cinq")
    today = timezone.localdate(timezone=ZoneInfo(manager.timezone)).isoformat()

    def shown(**asked):
        html = desk.get("/surveys/", asked).content.decode()
        return [f'id="survey-{one.pk}"' in html for one in (low, high)]

    assert shown(score="1") == [True, False]
    assert shown(agent=other.pk) == [False, True]
    assert shown(kind="ces") == [False, False]
    assert shown(since=today, until=today) == [True, True]
    assert shown(until="2020-01-01") == [False, False]
    assert shown(score="abc", agent="x", since="?", after="~") == [True, True]


def test_pages_by_key(desk, agent, shop):
    survey = rated(agent, 5)
    for _n in range(51):
        responses.answer(
            responses.rating_from_outside(
                ticket=survey.ticket, agent=agent, message=None, kind=Kind.CSAT, at=timezone.now()
            ),
            score=5,
        )
    first = desk.get("/surveys/")
    second = desk.get(f"/surveys/{first.context['more']}")
    seen = [row.pk for page in (first, second) for row in page.context["page"].rows]
    assert seen == list(Survey.objects.order_by("-answered_at", "-pk").values_list("pk", flat=True))
    assert second.context["more"] == ""


def test_a_follow_up_is_taken_and_closed_with_an_outcome(desk, manager, agent, shop):
    follow_up = FollowUp.objects.get(survey=rated(agent))
    lead = factories.user(role=Role.LEAD)
    desk.post(f"/surveys/follow-ups/{follow_up.pk}/owner/", {"to": lead.pk})
    refused = desk.post(f"/surveys/follow-ups/{follow_up.pk}/close/", {"outcome": "", "words": "Appelée"})
    follow_up.refresh_from_db()
    assert (refused.status_code, follow_up.owner, follow_up.closed_at) == (422, lead, None)
    html = refused.content.decode()
    assert ("Say what came of it first." in html, "Appelée" in html) == (True, True)
    desk.post(f"/surveys/follow-ups/{follow_up.pk}/close/", {"outcome": "explained", "words": "Appelée"})
    follow_up.refresh_from_db()
    assert (follow_up.outcome, follow_up.words, follow_up.closed_by) == ("explained", "Appelée", manager)


def test_an_agent_sees_no_answer_of_another_team(agent, shop):
    care = factories.team("care", factories.user())
    rated(agent, comment="canary", team=care)
    html = login(agent).get("/surveys/").content.decode() + login(agent).get("/surveys/follow-ups/").content.decode()
    assert "canary" not in html


def test_a_score_needs_a_published_scorecard_version(desk, agent, shop):
    ticket = helped(agent)
    card = Scorecard.objects.create(name="Brouillon")
    Category.objects.create(version=reviews.draft_of(card), name="Juste")
    answer = desk.post(f"/surveys/quality/tickets/{ticket.pk}/save/", {"agent": agent.pk})
    assert answer.status_code == 422
    assert "A score needs a published scorecard version." in answer.content.decode()
    assert Review.objects.count() == 0


def test_a_review_beside_the_conversation(desk, manager, agent, shop):
    version, ticket = scorecard(manager), helped(agent)
    first, second = version.categories.order_by("pk")
    page = desk.get(f"/surveys/quality/tickets/{ticket.pk}/").content.decode()
    assert ("Voici votre colis." in page, "Juste" in page) == (True, True)
    path = f"/surveys/quality/tickets/{ticket.pk}/save/"
    half = desk.post(path, {"agent": agent.pk, f"category-{first.pk}": "4"})
    assert (half.status_code, Review.objects.count()) == (422, 0)
    off = desk.post(path, {"agent": agent.pk, f"category-{first.pk}": "9", f"category-{second.pk}": "1"})
    assert (off.status_code, Review.objects.count()) == (422, 0)
    desk.post(path, {"agent": agent.pk, f"category-{first.pk}": "4", f"category-{second.pk}": "na"})
    assert Review.objects.get().score == 100
    desk.post(path, {"agent": agent.pk, f"category-{first.pk}": "3", f"category-{second.pk}": "1"})
    assert Review.objects.get().score == (30 * 75 + 10 * 25) / 40


def test_calibration_shows_how_far_reviewers_are_apart(desk, manager, agent, shop):
    version, ticket, lead = scorecard(manager), helped(agent), factories.user(role=Role.LEAD)
    first, second = version.categories.order_by("pk").values_list("pk", flat=True)
    reviews.review(ticket, agent=agent, by=lead, version=version, values={first: 4, second: None})
    assert "Calibration" not in desk.get(f"/surveys/quality/tickets/{ticket.pk}/").content.decode()
    reviews.review(ticket, agent=agent, by=manager, version=version, values={first: 2, second: 4})
    found = reviews.calibration(ticket, agent)
    assert [(row.marks, row.apart) for row in found.rows] == [([4, 2], 50), ([None, 4], None)]
    assert found.apart == 100 - (30 * 50 + 10 * 100) / 40
    assert "Calibration" in desk.get(f"/surveys/quality/tickets/{ticket.pk}/").content.decode()
    alone = helped(agent)
    reviews.review(alone, agent=agent, by=lead, version=version, values={first: 4, second: 4})
    page = desk.get("/surveys/quality/")
    assert (page.context["twice"], page.context["apart"]) == (1, found.apart)


def test_nobody_reviews_themselves(desk, manager, shop):
    version, ticket = scorecard(manager), helped(manager)
    values = dict.fromkeys(version.categories.values_list("pk", flat=True), 4)
    with pytest.raises(ValueError, match="agent"):
        reviews.review(ticket, agent=manager, by=manager, version=version, values=values)
    assert Review.objects.count() == 0


def test_a_sample_is_the_same_for_the_same_seed(manager, agent, shop):
    tickets = [helped(agent).pk for _n in range(12)]
    today = timezone.localdate()
    period = {"since": today - timezone.timedelta(days=1), "until": today + timezone.timedelta(days=2)}
    draws = [
        reviews.draw(agent=agent, size=4, seed=seed, by=manager, zone="Europe/Paris", **period).tickets
        for seed in (7, 7, 8)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert (len(set(draws[0])), set(draws[0]) <= set(tickets)) == (4, True)
    outside = {"since": today + timezone.timedelta(days=5), "until": today + timezone.timedelta(days=6)}
    assert reviews.draw(agent=agent, size=4, seed=7, by=manager, zone="Europe/Paris", **outside).tickets == []


def test_a_published_version_never_changes(desk, manager, shop):
    version = scorecard(manager)
    card = version.scorecard
    desk.post(f"/surveys/quality/scorecards/{card.pk}/edit/")
    draft = card.versions.get(published_at=None)
    names = list(draft.categories.values_list("name", flat=True))
    row = {"position": 0, "name": "Chaleureux", "help": "", "weight": 5, "least": 0, "most": 4}
    form = {"categories-TOTAL_FORMS": 1, "categories-INITIAL_FORMS": 0, "categories-MIN_NUM_FORMS": 0}
    form |= {f"categories-0-{name}": value for name, value in row.items()}
    assert desk.post(f"/surveys/quality/scorecards/{card.pk}/save/", form).status_code == 302
    desk.post(f"/surveys/quality/scorecards/{card.pk}/publish/")
    assert list(version.categories.values_list("name", flat=True)) == names == ["Juste", "Clair"]
    newest = reviews.published(card)
    assert (newest.number, newest.categories.count()) == (2, 3)
    assert [one.number for one in reviews.versions_in_force()] == [2]


def test_a_scale_must_rise(desk, shop):
    card = Scorecard.objects.create(name="Échelle")
    row = {"position": 0, "name": "Chaleureux", "help": "", "weight": 5, "least": 4, "most": 4}
    form = {"categories-TOTAL_FORMS": 1, "categories-INITIAL_FORMS": 0} | {
        f"categories-0-{name}": value for name, value in row.items()
    }
    answer = desk.post(f"/surveys/quality/scorecards/{card.pk}/save/", form)
    assert answer.status_code == 422
    assert "The scale must end above its beginning." in answer.content.decode()
    assert Category.objects.count() == 0


def test_the_questions_of_a_shop(shop):
    desk = login(factories.admin(language="en"))
    assert desk.get("/settings/surveys/").status_code == 200
    form = {"csat-active": "on", "csat-when": "solved", "csat-delay_minutes": "5", "csat-cool_down_days": "7"}
    form |= {"csat-valid_days": "30", "csat-quiet_from": "22:00", "csat-quiet_until": ""}
    half = desk.post("/settings/surveys/main/csat/", form)
    assert (half.status_code, SurveyPolicy.objects.count()) == (422, 0)
    assert "Quiet hours need a beginning and an end." in half.content.decode()
    desk.post("/settings/surveys/main/csat/", form | {"csat-quiet_until": "08:00"})
    row = SurveyPolicy.objects.get()
    assert (row.active, row.delay, row.cool_down_days, row.again_after_reopen) == (True, 300, 7, False)
    assert row.active_since is not None
    assert desk.post("/settings/surveys/main/nonsense/", form).status_code == 404
