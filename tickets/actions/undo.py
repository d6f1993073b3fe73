"""Taking a reply back before it leaves."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app import outbox
from channels_app.models import OutboundMessage
from helpdesk.lib.refused import Refused
from tickets import deadlines
from tickets.actions.drafts import restore_draft
from tickets.actions.locking import locked, touch
from tickets.actions.reverting import revert_macro
from tickets.actions.state import step_back
from tickets.actors import CUSTOMER, SYSTEM, Actor
from tickets.events import record
from tickets.models import Author, Delivery, Draft, Event, EventKind, Message, Ticket


@transaction.atomic
def take_back(message: Message, *, by: Actor) -> Draft:
    """Stop a reply that has not left: its words and files return to its author's draft, its ticket to what it was.

    Refused (field "message") when it has begun to leave.
    """
    withdraw(message, by=by)
    return restore_draft(message)


@transaction.atomic
def withdraw(message: Message, *, by: Actor) -> None:
    """The same, but its words return to no draft: for what has none, or whose words are kept elsewhere."""
    ours = message.author == Author.AGENT and (message.public or message.side_id is not None)
    if not ours or message.outbound is None or not outbox.cancel(message.outbound):
        raise Refused("message", _("Too late: it has already left."))
    _undone(message, by=by)


def hold_back(ticket: Ticket) -> None:
    """The customer writes while replies to them are still here: none of these leaves.

    Call before locking the ticket: whoever delivers locks the outbox row first, the ticket second.
    """
    waiting = Message.objects.filter(
        ticket__in=ticket.family(),
        author=Author.AGENT,
        public=True,
        delivery=Delivery.QUEUED,
        outbound__state=OutboundMessage.State.QUEUED,
        outbound__attempts=0,
        outbound__not_before__gt=timezone.now(),
    )
    for message in waiting.select_related("outbound", "user", "ticket"):
        if message.outbound is not None and outbox.cancel(message.outbound):
            _undone(message, by=CUSTOMER)
            restore_draft(message)


def _undone(message: Message, *, by: Actor) -> None:
    ticket = locked(message.ticket)
    message.delivery = Delivery.CANCELLED
    message.save(update_fields=["delivery"])
    Event.objects.filter(message=message, reacted_at=None).update(reacted_at=timezone.now())  # it never happened
    revert_macro(message, by=by if by.user else SYSTEM)
    step_back(message, by=by)
    ticket = locked(ticket)
    touch(ticket)
    deadlines.settle(ticket)
    name = message.user.full_name if message.user else ""
    record(ticket, EventKind.TAKEN_BACK, by=by, message=message, name=name)
