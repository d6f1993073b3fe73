"""What customers answer: the last answer stands, every one is kept (S41, S95, KPIS 3.22)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Role
from helpdesk.lib.refused import Refused
from surveys import follow_ups, responses, tokens
from surveys.invitations import signature_link
from surveys.models import FollowUp, Kind, Outcome, Source, Survey, SurveyAnswer
from tests import factories
from tests.surveys.scenes import asked, helped
from tickets.models import Author, EventKind, Notification

pytestmark = pytest.mark.django_db


def given(survey: Survey) -> list[tuple[int, str]]:
    return list(SurveyAnswer.objects.filter(survey=survey).values_list("score", "comment"))


def test_the_last_answer_counts_and_history_is_kept(csat, agent):
    survey, _token = asked(agent)
    for score, comment in ((5, ""), (1, "Toujours rien !"), (4, "Arrivé.")):
        responses.answer(survey, score=score, comment=comment)
    survey.refresh_from_db()
    assert (survey.score, survey.comment, survey.agent) == (4, "Arrivé.", agent)
    assert given(survey) == [(5, ""), (1, "Toujours rien !"), (4, "Arrivé.")]
    told = survey.ticket.events.filter(kind=EventKind.RATED).values_list("data__score", "data__comment", "actor")
    assert list(told) == [(5, "", "customer"), (1, "Toujours rien !", "customer"), (4, "Arrivé.", "customer")]


def test_a_double_click_is_one_answer(csat, agent):
    survey, _token = asked(agent)
    first = responses.answer(survey, score=5).answered_at
    assert responses.answer(survey, score=5).answered_at == first
    assert given(survey) == [(5, "")]


@pytest.mark.parametrize(
    ("kind", "score", "fits"),
    [
        *((Kind.CSAT, score, 1 <= score <= 5) for score in (0, 1, 5, 6)),
        *((Kind.CES, score, 1 <= score <= 7) for score in (0, 1, 7, 8)),
        *((Kind.NPS, score, score <= 10) for score in (0, 10, 11)),
        *((Kind.POST_PURCHASE, score, 1 <= score <= 5) for score in (0, 1, 5, 6)),
    ],
)
def test_the_database_knows_the_scales(csat, agent, kind, score, fits):
    survey, _token = asked(agent)
    rows = Survey.objects.filter(pk=survey.pk)
    change = {"kind": kind, "score": score, "answered_at": timezone.now()}
    if fits:
        assert rows.update(**change) == 1
        return
    with pytest.raises(IntegrityError, match="survey_score_in_scale"), transaction.atomic():
        rows.update(**change)


def test_after_its_time_an_answer_is_refused(csat, agent):
    survey, _token = asked(agent)
    late = survey.expires_at + timedelta(seconds=1)
    with pytest.raises(responses.ExpiredToken):
        responses.answer(survey, score=5, at=late)
    assert given(survey) == []


def test_an_answer_proves_that_the_mail_arrived(csat, agent):
    survey, _token = asked(agent)
    Survey.objects.filter(pk=survey.pk).update(state="bounced", sent_at=None, why="550")
    survey = responses.answer(survey, score=5)
    assert (survey.state, survey.sent_at, survey.why) == ("sent", survey.answered_at, "")


def test_tokens_are_long_stored_hashed_and_good_for_one_purpose(csat, agent):
    survey, token = asked(agent)
    assert len(token) == 32
    assert Survey.objects.filter(token_digest=token).count() == 0
    assert responses.survey_for(token) == survey
    message = survey.message
    for forged in ("x" * 32, token[:-1], "", f"{message.pk}.abc", str(message.pk), f"{message.pk}.{token}"):
        with pytest.raises(responses.UnknownToken):
            responses.survey_for(forged)


def test_a_rating_in_a_signature_is_of_that_message_and_its_author(agent, shop):
    ticket = helped(agent)
    message = ticket.messages.get(author=Author.AGENT)
    token = signature_link(message).rstrip("/").rpartition("/")[2]
    assert Survey.objects.count() == 0
    for score in (3, 5):
        responses.answer(responses.survey_for(token), score=score)
    survey = Survey.objects.get()
    assert (survey.message, survey.agent, survey.source, survey.score) == (message, agent, Source.SIGNATURE, 5)
    assert given(survey) == [(3, ""), (5, "")]
    assert Survey.objects.delivered().count() == 0


def test_a_signature_grows_old(agent, shop):
    message = helped(agent).messages.get(author=Author.AGENT)
    token = tokens.sign(message.pk)
    with pytest.raises(responses.ExpiredToken):
        responses.survey_for(token, timezone.now() + tokens.SIGNATURE_VALID + timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_fifty_clicks_at_once_are_one_answer(csat, agent):
    survey, token = asked(agent)

    def click(_n: int) -> None:
        responses.answer(responses.survey_for(token), score=4, comment="Bien")
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(50)))
    assert given(survey) == [(4, "Bien")]


def test_a_low_score_opens_one_follow_up_for_a_lead(csat, agent):
    team = factories.team("care", agent)
    lead = factories.user(role=Role.LEAD, teams=(team,))
    survey, _token = asked(agent, team=team)
    for score in (3, 2, 1):
        responses.answer(survey, score=score)
    follow_up = FollowUp.objects.get()
    assert (follow_up.survey, follow_up.owner) == (survey, lead)
    assert follow_up.due_at - follow_up.opened_at == timedelta(seconds=follow_ups.WITHIN)


def test_the_owner_of_a_follow_up_is_told_once(csat, agent):
    lead = factories.user("lead@example.com", role=Role.LEAD, language="en")
    survey, _token = asked(agent)
    responses.answer(survey, score=1)
    responses.answer(survey, score=2)
    told = Notification.objects.filter(cause__startswith="follow-up:")
    name = survey.customer.name
    assert [(one.user, one.ticket, one.text) for one in told] == [
        (lead, survey.ticket, f"{name} rated 1: follow it up")
    ]


def test_two_low_scores_on_one_page_open_one_follow_up(csat, ces, agent):
    survey, _token = asked(agent)
    responses.answer(survey, score=1)
    responses.answer(responses.companion_of(survey), score=1)
    assert [row.survey for row in FollowUp.objects.all()] == [survey]


def test_closing_needs_an_outcome(csat, agent):
    survey, _token = asked(agent)
    responses.answer(survey, score=2)
    follow_up = FollowUp.objects.get()
    with pytest.raises(Refused):
        follow_ups.close(follow_up, outcome="", by=agent)
    with pytest.raises(IntegrityError, match="follow_up_closed_only_with_an_outcome"), transaction.atomic():
        FollowUp.objects.update(closed_at=timezone.now(), closed_by=agent)
    closed = follow_ups.close(follow_up, outcome=Outcome.PUT_RIGHT, words="Renvoyé.", by=agent)
    again = follow_ups.close(follow_up, outcome=Outcome.NOTHING, by=factories.user())
    assert (closed.outcome, again.outcome, again.closed_by) == ("put_right", "put_right", agent)


def test_nobody_owns_what_they_may_not_see(csat, agent):
    team = factories.team("care", agent)
    survey, _token = asked(agent, team=team)
    responses.answer(survey, score=1)
    with pytest.raises(Refused):
        follow_ups.give(FollowUp.objects.get(), to=factories.user(teams=(factories.team("orders"),)))
    assert follow_ups.give(FollowUp.objects.get(), to=agent).owner == agent


def test_who_was_rated_neither_owns_nor_closes_the_follow_up_unless_they_work_alone(csat, agent):
    survey, _token = asked(agent)
    responses.answer(survey, score=1)
    follow_up = FollowUp.objects.get()
    assert follow_ups.give(follow_up, to=agent).owner == agent
    boss = factories.user(role=Role.MANAGER)
    with pytest.raises(Refused):
        follow_ups.give(follow_up, to=agent)
    with pytest.raises(Refused):
        follow_ups.close(follow_up, outcome=Outcome.NOTHING, by=agent)
    follow_up.refresh_from_db()
    assert follow_up.closed_at is None
    assert follow_ups.close(follow_up, outcome=Outcome.PUT_RIGHT, by=boss).closed_by == boss
