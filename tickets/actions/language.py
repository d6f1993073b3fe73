"""The language in which a customer is answered."""

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket


@transaction.atomic
def speak(ticket: Ticket, *, by: Actor, language: str) -> Ticket:
    """Set the language in which the customer is answered. Refused for one that the shop does not speak."""
    if language not in ticket.shop.languages:
        raise Refused("language", _("This shop does not answer in that language."))
    ticket = locked(ticket)
    if ticket.language != language:
        old, ticket.language = ticket.language, language
        touch(ticket, "language")
        record(ticket, EventKind.FIELDS, by=by, values={"language": language}, old=old)
    return ticket
