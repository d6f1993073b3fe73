"""Tickets with a drawn past, written straight into the tables, as an import does: settle them to see what follows.

past("C A S", at=...)   one place is one step of time: C customer, A agent, x a reply that failed,
                        P pending, O open, H on hold, S solved, K closed, a blank nothing
"""

from datetime import datetime, timedelta

from channels_app.models import ChannelKind
from tests import factories
from tickets.models import Author, Deadline, Event, EventKind, Message, SlaPolicy, Ticket
from tickets.states import State

STATES = {"O": State.OPEN, "P": State.PENDING, "H": State.ON_HOLD, "S": State.SOLVED, "K": State.CLOSED}


def policy(**fields):
    """A policy of the shop for every ticket: 60 minutes for a reply, 600 for the solution, always running."""
    fields = {
        "key": f"policy-{SlaPolicy.objects.count()}",
        "name": "All",
        "shop": factories.shop(),
        "clock": "calendar",
        "first_reply": 3600,
        "next_reply": 3600,
        "resolution": 36000,
    } | fields
    return SlaPolicy.objects.create(**fields)


def past(line: str, *, at: datetime, step: timedelta = timedelta(minutes=10), by_customer: bool = True, **fields):
    """A ticket whose past is `line`, the first place at `at`; not settled yet."""
    agent = fields.pop("agent", None) or factories.user()
    ticket = Ticket.objects.create(
        shop=factories.shop(),
        channel_kind=fields.pop("channel_kind", ChannelKind.EMAIL),
        customer=fields.pop("customer", None) or factories.customer(),
        subject="Où est mon colis ?",
        opened_at=at,
        opened_by_customer=by_customer,
        last_activity_at=at,
        **fields,
    )
    for place, sign in enumerate(line):
        happen(ticket, sign, at + place * step, agent)
    return ticket


def happen(ticket: Ticket, sign: str, at: datetime, agent=None) -> None:
    if sign in STATES:
        _enter(ticket, STATES[sign], at)
    elif sign == "C":
        _say(ticket, at, author=Author.CUSTOMER, customer=ticket.customer)
    elif sign == "A":
        _say(ticket, at, author=Author.AGENT, user=agent or factories.user())
    elif sign == "x":
        _say(ticket, at, author=Author.AGENT, user=agent or factories.user(), delivery="failed")


def _say(ticket, at, **fields):
    Message.objects.create(ticket=ticket, at=at, text="...", channel_kind=ticket.channel_kind, **fields)


def _enter(ticket, to, at):
    old, ticket.state = ticket.state, to
    ticket.solved_at = at if to == State.SOLVED or (to == State.CLOSED and old == State.SOLVED) else None
    ticket.closed_at = at if to == State.CLOSED else None
    ticket.save()
    Event.objects.create(
        ticket=ticket, kind=EventKind.STATE, at=at, actor="system", data={"old": old, "to": to}, reacted_at=at
    )


def verdicts(ticket: Ticket, kind: str) -> list[tuple]:
    """(state, minutes from opening to due, minutes to the end) of the ticket's deadlines of a kind, in order."""
    rows = Deadline.objects.filter(ticket=ticket, kind=kind).order_by("started_at")
    return [(row.state, minutes(ticket, row.due_at), minutes(ticket, row.ended_at)) for row in rows]


def minutes(ticket, when):
    return when and (when - ticket.opened_at).total_seconds() / 60
