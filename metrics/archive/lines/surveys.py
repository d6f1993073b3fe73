"""What the customer was asked and answered: one entry of `surveys`."""

from typing import Any

from metrics.archive.fields import Fields
from metrics.archive.keys import Keys
from surveys.models import SCALES, Source, State, Survey
from tickets.models import Message, Ticket

KINDS = tuple(SCALES)
TOLD = (State.SENT, State.BOUNCED, State.CANCELLED)  # one not asked yet is no history


def read_survey(fields: Fields, ticket: Ticket, keys: Keys, messages: dict[str, Message], number: int) -> Survey:
    """The survey, unsaved. Without a key of its own it is the ticket's n-th."""
    kind = fields.choice("kind", KINDS)
    sent, answered = fields.instant("sent_at", None), fields.instant("answered_at", None)
    least, most = SCALES[kind]
    score = fields.whole("score", None, least=least, most=most)
    if (score is None) != (answered is None):
        raise fields.refuse("score" if score is None else "answered_at", "score and answered_at go together")
    agent = fields.key("agent", "")
    message = fields.key("message", "")
    if message and message not in messages:
        raise fields.refuse("message", f"unknown message {message!r}")
    return Survey(
        key=fields.key("key", "") or f"{ticket.key}#survey{number}",
        shop=ticket.shop,
        kind=kind,
        source=fields.choice("source", Source.values, Source.ARCHIVE.value),
        ticket=ticket,
        customer_id=ticket.customer_id,
        agent_id=keys.agent(fields, "agent", agent).pk if agent else None,
        message=messages[message] if message else None,
        channel_kind=ticket.channel_kind,
        language=ticket.language,
        state=State.SENT if sent else fields.choice("state", [State.BOUNCED, State.CANCELLED], State.CANCELLED.value),
        why=fields.text("why", "", longest=60),
        created_at=fields.instant("created_at", None) or sent or answered or ticket.opened_at,
        sent_at=sent,
        answered_at=answered,
        score=score,
        comment=fields.text("comment", ""),
        extra=fields.rest(),
    )


def written_survey(survey: Survey, agents: dict[int, str], messages: dict[int, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": survey.key, "kind": survey.kind}
    if survey.sent_at:
        entry["sent_at"] = survey.sent_at.isoformat()
    else:
        entry["state"] = survey.state
    if survey.answered_at:
        entry |= {"answered_at": survey.answered_at.isoformat(), "score": survey.score}
    if survey.comment:
        entry["comment"] = survey.comment
    if survey.agent_id:
        entry["agent"] = agents[survey.agent_id]
    if survey.message_id in messages:
        entry["message"] = messages[survey.message_id]
    if survey.source != Source.ARCHIVE:
        entry["source"] = survey.source
    if survey.why:
        entry["why"] = survey.why
    entry["created_at"] = survey.created_at.isoformat()
    entry |= survey.extra
    return entry
