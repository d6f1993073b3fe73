"""/survey/<token>/: looking records nothing, one press does (V44, V45)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from surveys.models import Kind, Survey, SurveyAnswer
from tests.surveys.scenes import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def shopper():
    return Client(enforce_csrf_checks=True)


def test_a_hundred_looks_of_a_mail_scanner_record_nothing(csat, agent, shopper):
    survey, token = asked(agent)
    for number in range(100):
        look = shopper.head if number % 2 else shopper.get
        assert look(f"/survey/{token}/?score={number % 5 + 1}").status_code == 200
    survey.refresh_from_db()
    assert (survey.answered_at, SurveyAnswer.objects.count()) == (None, 0)


def test_the_mails_button_chooses_and_one_press_records(csat, agent, shopper):
    survey, token = asked(agent, language="en")
    page = shopper.get(f"/survey/{token}/?score=4")
    assert page.status_code == 200
    html = page.content.decode()
    assert "How do you rate the help that Michèle gave you?" in html
    assert '<input type="radio" name="score" value="4" required checked>' in html
    assert html.count(" checked>") == 1
    assert html.count('type="submit"') == 1
    assert "<textarea" not in html
    answer = shopper.post(f"/survey/{token}/", {"score": "4"})
    assert (answer.status_code, answer["Location"]) == (302, f"/survey/{token}/")
    survey.refresh_from_db()
    assert survey.score == 4


def test_then_comes_the_comment(csat, ces, agent, shopper):
    survey, token = asked(agent, language="en")
    shopper.post(f"/survey/{token}/", {"score": "2"})
    page = shopper.get(f"/survey/{token}/").content.decode()
    assert "Thank you, it is noted" in page
    assert "A person responsible will read this" in page
    assert "What went wrong?" in page
    said = {"score": "2", "comment": "Six jours de retard.", "dissatisfaction": "delivery", "ease": "3"}
    answer = shopper.post(f"/survey/{token}/", said)
    assert answer["Location"] == f"/survey/{token}/?thanks"
    survey.refresh_from_db()
    assert (survey.score, survey.comment, survey.dissatisfaction) == (2, "Six jours de retard.", "delivery")
    assert Survey.objects.get(kind=Kind.CES).score == 3
    done = shopper.get(f"/survey/{token}/?thanks").content.decode()
    assert ("Six jours de retard." in done, "<textarea" in done) == (True, False)


def test_changing_the_score_keeps_the_comment(csat, agent, shopper):
    survey, token = asked(agent)
    shopper.post(f"/survey/{token}/", {"score": "5", "comment": "Merci"})
    assert 'value="5" required checked' in shopper.get(f"/survey/{token}/?change").content.decode()
    shopper.post(f"/survey/{token}/", {"score": "3"})
    survey.refresh_from_db()
    assert (survey.score, survey.comment, SurveyAnswer.objects.count()) == (3, "Merci", 2)


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "4.5", "five", "４"])
def test_a_score_off_the_scale_is_refused_and_named(csat, agent, shopper, score):
    survey, token = asked(agent)
    answer = shopper.post(f"/survey/{token}/", {"score": score, "comment": "kept"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert ('href="#score"' in html, "kept" in html) == (True, True)
    survey.refresh_from_db()
    assert (survey.answered_at, survey.comment) == (None, "")


def test_a_comment_that_is_too_long_is_refused(csat, agent, shopper):
    _survey, token = asked(agent)
    assert shopper.post(f"/survey/{token}/", {"score": "5", "comment": "x" * 4001}).status_code == 422
    assert shopper.post(f"/survey/{token}/", {"score": "5", "comment": "x" * 6_000_000}).status_code == 400
    assert SurveyAnswer.objects.count() == 0


def test_a_forged_link_gets_a_friendly_page(shopper, db):
    for token in ("x" * 32, "1.abc", "%00", "é", "a" * 3000):
        for answer in (shopper.get(f"/survey/{token}/"), shopper.post(f"/survey/{token}/", {"score": "5"})):
            assert answer.status_code == 404
            assert "This link leads nowhere" in answer.content.decode()


def test_an_expired_link_says_so_and_takes_nothing(csat, agent, shopper):
    survey, token = asked(agent, language="en")
    Survey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for answer in (shopper.get(f"/survey/{token}/?score=5"), shopper.post(f"/survey/{token}/", {"score": "5"})):
        assert answer.status_code == 410
        assert "The time to answer is over" in answer.content.decode()
    survey.refresh_from_db()
    assert survey.answered_at is None


def test_the_address_is_kept_secret(csat, agent, shopper):
    _survey, token = asked(agent)
    page = shopper.get(f"/survey/{token}/")
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert page.cookies == {}


def test_the_page_speaks_the_customers_language_or_the_one_asked_for(csat, agent, shopper):
    _survey, token = asked(agent, language="en")
    assert '<html lang="en">' in shopper.get(f"/survey/{token}/", headers={"Accept-Language": "fr"}).content.decode()
    assert '<html lang="fr">' in shopper.get(f"/survey/{token}/?lang=fr").content.decode()


def test_markup_in_a_comment_stays_text(csat, agent, shopper):
    _survey, token = asked(agent)
    shopper.post(f"/survey/{token}/", {"score": "5", "comment": "<script>alert(1)</script>"})
    assert "&lt;script&gt;" in shopper.get(f"/survey/{token}/?thanks").content.decode()
