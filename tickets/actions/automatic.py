"""What the desk says by itself in a rule's name: marked as automatic, signed by a person, answered by no robot."""

from django.db import transaction
from django.utils import timezone

from tickets.actions.conversation import send_letter, worded
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.letters import Letter, compose_automatic
from tickets.models import Author, EventKind, Message, Ticket


@transaction.atomic
def answer_automatically(ticket: Ticket, *, by: Actor, text: str, html: str = "") -> Message:
    """Write to the customer without a person: it ends no wait and no figure counts it as a reply. Whoever calls this
    has asked acknowledgement.forbidden first. Refused (field "text") without words."""
    text, html = worded(text, html)
    ticket = locked(ticket)
    letter = compose_automatic(ticket, text=text, html=html)
    message = send_automatic(ticket, letter, text=text, html=html)
    touch(ticket)
    record(ticket, EventKind.MESSAGE, by=by, message=message)
    return message


def send_automatic(ticket: Ticket, letter: Letter, *, text: str, html: str = "") -> Message:
    """Keep these words as a message of nobody in the ticket, and let the letter leave."""
    message = Message.objects.create(
        ticket=ticket,
        author=Author.AUTO,
        public=True,
        automatic=True,
        text=text,
        html=html,
        at=timezone.now(),
        channel=letter.channel,
        channel_kind=letter.channel.kind if letter.channel else ticket.channel_kind,
        subject=letter.subject,
        recipients={"to": [address.value for address in letter.to]},
    )
    send_letter(message, letter, automatic=True)
    return message
