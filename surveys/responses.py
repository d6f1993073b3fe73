"""What customers answer: the last answer stands, every one is kept, and a low one opens a follow-up."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from surveys import follow_ups, tokens
from surveys.models import Kind, Source, State, Survey, SurveyAnswer
from tickets import actions
from tickets.models import Author, Message, Ticket

# A score at or below calls for somebody to put it right (S95).
LOW = {Kind.CSAT: 2, Kind.CES: 2, Kind.NPS: 2, Kind.POST_PURCHASE: 2}


class UnknownToken(Exception):
    """Nobody was ever given this one."""


class ExpiredToken(Exception):
    """A good one whose time has passed."""

    def __init__(self, survey: Survey) -> None:
        super().__init__(f"survey {survey.pk} expired")
        self.survey = survey


def survey_for(token: str, at: datetime | None = None) -> Survey:
    """The survey behind a token; that of a signature is unsaved until it is answered.

    UnknownToken when we never gave it out, ExpiredToken when its time has passed.
    """
    survey = _signed(token) if "." in token else _random(token)
    if survey is None:
        raise UnknownToken
    if survey.is_expired(at or timezone.now()):
        raise ExpiredToken(survey)
    return survey


def companion_of(survey: Survey) -> Survey | None:
    """The effort question that stands on the same page, if any."""
    found = survey.companions.select_related("shop").first() if survey.pk else None
    if found:
        found.asked_with = survey
    return found


@transaction.atomic
def answer(
    survey: Survey, *, score: int, comment: str = "", dissatisfaction: str = "", at: datetime | None = None
) -> Survey:
    """Take an answer. The same one again changes nothing; another one replaces it, and the first is kept as history.

    `score` must lie on the survey's scale. ExpiredToken when it comes too late.
    """
    at = at or timezone.now()
    survey = _locked(survey)
    if survey.is_expired(at):
        raise ExpiredToken(survey)
    given = (score, comment.strip(), dissatisfaction)
    if survey.answered_at and given == (survey.score, survey.comment, survey.dissatisfaction):
        return survey
    survey.score, survey.comment, survey.dissatisfaction = given
    survey.answered_at = at
    if survey.state != State.SENT:  # who answers has received it, whatever the mail server said
        survey.state, survey.sent_at, survey.why = State.SENT, at, ""
    survey.save()
    SurveyAnswer.objects.create(survey=survey, at=at, score=score, comment=given[1], dissatisfaction=dissatisfaction)
    if survey.ticket:
        most = survey.scale[1]
        actions.record_rating(survey.ticket, kind=survey.kind, score=score, most=most, comment=given[1])
    if score <= LOW[Kind(survey.kind)]:
        follow_ups.open_for(survey, at=at)
    return survey


def rating_from_outside(
    *, ticket: Ticket, agent: User | None, message: Message | None, kind: str, at: datetime
) -> Survey:
    """An unsaved survey for an answer that another program collected."""
    return Survey(
        shop=ticket.shop,
        ticket=ticket,
        customer=ticket.customer,
        agent=agent,
        message=message,
        kind=kind,
        source=Source.API,
        channel_kind=ticket.channel_kind,
        language=ticket.language,
        state=State.SENT,
        sent_at=at,
    )


def _random(token: str) -> Survey | None:
    surveys = Survey.objects.select_related("shop", "agent", "ticket", "message", "customer")
    return surveys.filter(token_digest=tokens.digest(token)).first()


def _signed(token: str) -> Survey | None:
    pk = tokens.signed_message(token)
    if pk is None:
        return None
    rows = Message.objects.filter(pk=pk, author=Author.AGENT, public=True)
    message = rows.select_related("ticket__shop", "ticket__customer", "user").first()
    if message is None:
        return None
    known = Survey.objects.select_related("shop", "agent", "ticket", "message", "customer")
    return known.filter(message=message, source=Source.SIGNATURE).first() or _of_signature(message)


def _of_signature(message: Message) -> Survey:
    ticket = message.ticket
    return Survey(
        shop=ticket.shop,
        ticket=ticket,
        customer=ticket.customer,
        agent=message.user,
        message=message,
        kind=Kind.CSAT,
        source=Source.SIGNATURE,
        channel_kind=ticket.channel_kind,
        language=ticket.language,
        state=State.SENT,
        sent_at=message.at,
        expires_at=message.at + tokens.SIGNATURE_VALID,
    )


def _locked(survey: Survey) -> Survey:
    """The survey as it is now, its row locked; a signature's is stored here, once whoever else is storing it."""
    if survey._state.adding and survey.source == Source.SIGNATURE:
        Survey.objects.bulk_create([survey], ignore_conflicts=True)
        survey = Survey.objects.get(message=survey.message, source=Source.SIGNATURE)
    elif survey._state.adding:
        survey.save()
    rows = Survey.objects.select_for_update(of=("self",)).select_related("shop", "agent", "ticket__shop")
    return rows.get(pk=survey.pk)
