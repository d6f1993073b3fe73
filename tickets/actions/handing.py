"""Handing tickets out, and taking the next one oneself."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets import assignment
from tickets.actions.work import assign
from tickets.actors import SYSTEM, Actor
from tickets.models import Event, Ticket
from tickets.states import State


@transaction.atomic
def assign_in_turn(ticket: Ticket, *, by: Actor, how: str = "") -> Ticket:
    """Give the ticket to whose turn it is. Unchanged when it has somebody, or when nobody is here with room."""
    if ticket.assignee_id:
        return ticket
    colleague = assignment.next_colleague(ticket, how)
    return assign(ticket, to=colleague, by=by) if colleague else ticket


def hand_out(event: Event) -> None:
    """After a ticket was opened or came to a team: give it to somebody, where the shop does not do so by hand."""
    ticket = event.ticket
    if ticket.is_live and ticket.opened_by_customer and ticket.snoozed_until is None:
        assign_in_turn(ticket, by=SYSTEM)


@transaction.atomic
def claim_next(user: User) -> Ticket:
    """Take the most urgent ticket that nobody has. Two colleagues at once get two tickets. Refused when there is none.

    A row that somebody else is changing right now is passed over.
    """
    waiting = Ticket.objects.visible_to(user).live().unassigned().filter(state__in=[State.NEW, State.OPEN])
    ticket = waiting.soonest_due_first().select_for_update(skip_locked=True, of=("self",)).first()
    if ticket is None:
        raise Refused("ticket", _("Nothing is waiting for somebody to take it."))
    return assign(ticket, to=user, by=Actor.agent(user))
