"""What became of what we sent."""

from django.db import transaction

from channels_app import outbox
from channels_app.models import OutboundMessage
from helpdesk.lib import live
from tickets import deadlines, threads
from tickets.actions.conversation import depart
from tickets.actions.locking import locked, touch
from tickets.actors import SYSTEM, Actor
from tickets.events import record, topics
from tickets.models import Author, Delivery, EventKind, Message, Ticket
from tickets.waits import UNREACHED

TOLD = {
    Delivery.FAILED: EventKind.DELIVERY_FAILED,
    Delivery.UNKNOWN: EventKind.DELIVERY_UNKNOWN,
    Delivery.DELIVERED: EventKind.DELIVERED,
}


@transaction.atomic
def record_delivery(outbound: OutboundMessage) -> Message | None:
    """Show on the ticket how far a message of ours got. A failed reply never reached the customer: the wait goes on."""
    message = Message.objects.select_related("ticket").filter(outbound=outbound).first()
    if message is None:
        return None
    ticket = locked(message.ticket)
    old = message.delivery
    message.delivery, message.delivery_error = Delivery(outbound.state), outbound.error
    message.save(update_fields=["delivery", "delivery_error"])
    if outbound.provider_id:  # some providers replace our Message-ID: answers will name theirs
        threads.remember(outbound.channel, ticket, [outbound.provider_id])
    if message.delivery == old:
        return message
    if scheduled := message.events.filter(kind=EventKind.SCHEDULED).first():
        ticket = depart(ticket, message, scheduled)
    if message.author == Author.AGENT and UNREACHED & {old, message.delivery}:
        deadlines.settle(ticket)  # a failed reply answered nobody
    touch(ticket)
    kind = TOLD.get(Delivery(message.delivery))
    if kind:
        record(ticket, kind, by=SYSTEM, message=message, reason=outbound.error)
    else:
        transaction.on_commit(lambda: live.publish(topics(ticket), "ticket", ticket.pk, ticket.version))
    return message


@transaction.atomic
def resend(message: Message, *, by: Actor) -> Ticket:
    """Try a failed or uncertain message again, under the same id."""
    queued = message.outbound is not None and outbox.resend(message.outbound)  # locks as record_delivery does
    ticket = locked(message.ticket)
    if queued:
        message.delivery, message.delivery_error = Delivery.QUEUED, ""
        message.save(update_fields=["delivery", "delivery_error"])
        touch(ticket)
        record(ticket, EventKind.RESENT, by=by, message=message)
        deadlines.settle(ticket)
    return ticket
