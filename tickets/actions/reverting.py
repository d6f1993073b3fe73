"""The way back from one step, for a toast that offers it, and from what a macro did beside its words."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import restore, unmark_spam, unmerge
from tickets.actions.snooze import wake_up
from tickets.actions.state import change_state
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise, tag
from tickets.actors import Actor
from tickets.models import BlockedSender, Event, EventKind, Message, Priority, Reason, Ticket
from tickets.states import TRANSITIONS, State

Way = Callable[[Ticket, dict[str, Any], Actor], Ticket]


@transaction.atomic
def revert(event: Event, *, by: Actor) -> Ticket:
    """Undo what this event did to its ticket, as a step of its own. Refused (field "event") when the same thing has
    changed again since, or when its kind knows no way back."""
    ticket, kind = event.ticket, EventKind(event.kind)
    since = ticket.events.filter(kind=kind, pk__gt=event.pk)
    if kind not in WAYS_BACK or since.exists():
        raise Refused("event", _("It has changed since: there is nothing to undo."))
    return WAYS_BACK[kind](ticket, event.data, by)


def revert_macro(message: Message, *, by: Actor) -> None:
    """Undo the steps of the macro that this reply used."""
    for used in message.events.filter(kind=EventKind.MACRO):
        revert_steps(used, by=by)


@transaction.atomic
def revert_steps(used: Event, *, by: Actor) -> None:
    """Undo the steps of this use of a macro, unless somebody has changed the same things since."""
    for step in Event.objects.filter(pk__in=used.data.get("steps", []), kind__in=WAYS_BACK).order_by("-pk"):
        with suppress(Refused):
            revert(step, by=by)


def _assigned(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    return assign(ticket, to=User.objects.filter(pk=data["old"]).first() if data["old"] else None, by=by)


def _moved(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    return move_to_team(ticket, to=Team.objects.filter(pk=data["old"]).first() if data["old"] else None, by=by)


def _filed(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    return choose_reason(ticket, to=Reason.objects.filter(pk=data["old"]).first() if data["old"] else None, by=by)


def _stepped(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    """Nothing becomes new again: what was new is open after the way back."""
    before = State(data["old"])
    return change_state(ticket, before if before in TRANSITIONS[State(ticket.state)] else State.OPEN, by=by)


def _welcome_again(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    """Out of spam, and off the block list when one's own step had put them there: to lift a block of others is for
    admins."""
    if ticket.spam and (blocked := data.get("blocked")):
        BlockedSender.objects.filter(pk=blocked, by=by.user).delete()
    return unmark_spam(ticket, by=by)


WAYS_BACK: dict[EventKind, Way] = {
    EventKind.ASSIGNED: _assigned,
    EventKind.TEAM: _moved,
    EventKind.REASON: _filed,
    EventKind.STATE: _stepped,
    EventKind.PRIORITY: lambda ticket, data, by: prioritise(ticket, to=Priority.from_key(data["old"]), by=by),
    EventKind.TAGS: lambda ticket, data, by: tag(ticket, add=data["removed"], remove=data["added"], by=by),
    EventKind.SPAM: _welcome_again,
    EventKind.DELETED: lambda ticket, data, by: restore(ticket, by=by),
    EventKind.MERGED: lambda ticket, data, by: unmerge(ticket, by=by),
    EventKind.SNOOZED: lambda ticket, data, by: wake_up(ticket, by=by, why="undone"),
}
REVERTIBLE = frozenset(WAYS_BACK)
