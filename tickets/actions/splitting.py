"""One message asks for two things: the second becomes a ticket of its own."""

from django.db import transaction
from django.utils.translation import gettext as _

from channels_app.models import ChannelKind
from helpdesk.lib.refused import Refused
from tickets import deadlines, threads
from tickets.actions.conversation import open_ticket
from tickets.actions.locking import locked, touch
from tickets.actors import CUSTOMER, Actor
from tickets.events import record
from tickets.models import Author, EventKind, Message, Ticket


@transaction.atomic
def split_off(message: Message, *, by: Actor, subject: str = "") -> Ticket:
    """Move a customer's message to a new ticket of the same customer; both timelines say so. Returns the new ticket.

    Refused for a message that is not the customer's, and for the only one: there would be nothing left.
    """
    ticket = locked(message.ticket)
    if message.author != Author.CUSTOMER or message.customer is None:
        raise Refused("message", _("Only what the customer wrote can become a ticket of its own."))
    if not ticket.messages.filter(author=Author.CUSTOMER).exclude(pk=message.pk).exists():
        raise Refused("message", _("It is the only message of the customer here."))
    made = open_ticket(
        shop=ticket.shop,
        customer=message.customer,
        subject=subject or message.subject or ticket.subject,
        channel=message.channel,
        channel_kind=ChannelKind(message.channel_kind),
        by=CUSTOMER,
        at=message.at,
        language=ticket.language,
    )
    made.team = ticket.team
    made.snippet = " ".join(message.visible_text.split())[:200]
    message.ticket = made
    message.save(update_fields=["ticket"])
    message.events.update(ticket=made)
    if message.channel and message.external_id:
        threads.remember(message.channel, made, [message.external_id])
    touch(made, "team", "snippet")
    record(made, EventKind.SPLIT, by=by, out_of=ticket.pk)
    touch(ticket)
    record(ticket, EventKind.SPLIT, by=by, into=made.pk)
    deadlines.settle(ticket)
    deadlines.settle(made)
    return made
