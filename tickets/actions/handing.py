"""Handing tickets out, and taking the next one oneself."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Presence, Team, User
from helpdesk.lib.refused import Refused
from tickets import assignment
from tickets.actions.work import assign
from tickets.actors import SYSTEM, Actor
from tickets.models import DeskSettings, Event, EventKind, Ticket
from tickets.querysets import TicketQuerySet
from tickets.states import State

AT_ONCE = 200  # waiting tickets looked at in one round


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


def hand_out_waiting() -> int:
    """Give what nobody had room for to those who are here now, the most urgent first. Returns how many were given."""
    here = list(assignment.with_room(User.objects.filter(is_active=True, presence=Presence.ONLINE)))
    theirs = Q(team__in=Team.objects.filter(members__in=here))
    if any(colleague.role in assignment.ANSWERERS for colleague in here):
        theirs |= Q(team=None)
    shops = DeskSettings.objects.exclude(assignment="manual").values("shop")
    waiting = _to_hand_out(Ticket.objects.filter(theirs, shop__in=shops)) if here else Ticket.objects.none()
    return sum(_hand_out(number) for number in list(waiting.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _hand_out(number: int) -> bool:
    """Not while somebody else is changing it, or has just taken it."""
    free = _to_hand_out(Ticket.objects.filter(pk=number)).select_for_update(skip_locked=True, of=("self",)).first()
    if free is None or _put_back(free):
        return False
    return assign_in_turn(free, by=SYSTEM).assignee_id is not None


def _to_hand_out(tickets: TicketQuerySet) -> TicketQuerySet:
    return _waiting(tickets.filter(opened_by_customer=True))


def _put_back(ticket: Ticket) -> bool:
    """Whether a person has taken it from everybody: it waits for whom they mean, until it comes to another team."""
    last = ticket.events.filter(kind__in=(EventKind.ASSIGNED, EventKind.TEAM)).order_by("-pk").first()
    return last is not None and last.user_id is not None and last.kind == EventKind.ASSIGNED and not last.data.get("to")


@transaction.atomic
def claim_next(user: User) -> Ticket:
    """Take the most urgent ticket that nobody has. Two colleagues at once get two tickets. Refused when there is none.

    A row that somebody else is changing right now is passed over.
    """
    ticket = _waiting(Ticket.objects.visible_to(user)).select_for_update(skip_locked=True, of=("self",)).first()
    if ticket is None:
        raise Refused("ticket", _("Nothing is waiting for somebody to take it."))
    return assign(ticket, to=user, by=Actor.agent(user))


def _waiting(tickets: TicketQuerySet) -> TicketQuerySet:
    """Those of them that nobody has or has put aside, the most urgent first."""
    free = tickets.live().unassigned().filter(state__in=[State.NEW, State.OPEN], snoozed_until=None)
    return free.soonest_due_first()
