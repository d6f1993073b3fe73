"""What the survey tests begin with."""

import re
from typing import Any

from django.utils import timezone

from accounts.models import User
from channels_app.models import OutboundMessage
from surveys import invitations
from surveys.models import Kind, Survey, SurveyPolicy
from tests import factories
from tickets import actions, reactions
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.states import State


def policy(kind: Kind, **fields: Any) -> SurveyPolicy:
    """An active policy of the main shop."""
    fields = {"active": True, "active_since": timezone.now()} | fields
    return SurveyPolicy.objects.create(shop=factories.shop(), kind=kind, **fields)


def helped(agent: User, **fields: Any) -> Ticket:
    """A ticket whose customer wrote and was answered, solved with the answer."""
    ticket = factories.ticket(**fields)
    actions.reply(ticket, by=Actor.agent(agent), text="Voici votre colis.", then=State.SOLVED)
    return Ticket.objects.get(pk=ticket.pk)


def react() -> None:
    """What a worker does: reactions, then the questions that are due."""
    reactions.sweep()
    invitations.send_due()


def asked(agent: User, **fields: Any) -> tuple[Survey, str]:
    """A satisfaction question that has reached its customer, and the token of its address."""
    helped(agent, **fields)
    react()
    survey = Survey.objects.filter(asked_with=None).latest("pk")
    arrive(survey)
    return Survey.objects.get(pk=survey.pk), token_in(survey)


def arrive(survey: Survey) -> None:
    """The mail has left."""
    outbound = OutboundMessage.objects.get(pk=survey.outbound_id)
    outbound.state, outbound.sent_at = OutboundMessage.State.SENT, timezone.now()
    outbound.save()
    invitations.record_fate(outbound)


def token_in(survey: Survey) -> str:
    """The token as the customer finds it in the mail."""
    text = OutboundMessage.objects.get(pk=survey.outbound_id).text
    found = re.search(r"/survey/([^/]+)/", text)
    assert found is not None
    return found[1]
