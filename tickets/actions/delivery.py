"""What became of what we sent."""

from django.db import transaction
from django.utils import timezone

from channels_app import outbox
from channels_app.models import OutboundMessage
from helpdesk.lib import live
from tickets import promises, threads
from tickets.actions.locking import locked, touch
from tickets.actors import SYSTEM, Actor
from tickets.events import record, topics
from tickets.models import Author, Delivery, EventKind, Message, Ticket

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
    if message.delivery == Delivery.FAILED and message.author == Author.AGENT:
        _wait_again(ticket, message)
    touch(ticket, "waiting_since", "due_at")
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
    return ticket


def _wait_again(ticket: Ticket, failed: Message) -> None:
    """Reopen the wait that the failed reply had ended, if nothing else has answered since."""
    answered = ticket.messages.filter(author=Author.AGENT, public=True).exclude(delivery=Delivery.FAILED)
    last = answered.order_by("at").last()
    open_since = ticket.messages.filter(author=Author.CUSTOMER, automatic=False)
    if last is not None:
        open_since = open_since.filter(at__gt=last.at)
    first = open_since.order_by("at").first()
    if first is None or ticket.waiting_since or ticket.is_done or first.at > failed.at:
        return
    ticket.waiting_since = first.at
    ticket.due_at = promises.reply_due(ticket, first.at) or timezone.now()
