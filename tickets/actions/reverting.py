"""The way back from one step, for a toast that offers it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import restore, unmark_spam, unmerge
from tickets.actions.snooze import wake_up
from tickets.actions.state import change_state
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise
from tickets.actors import Actor
from tickets.models import Event, EventKind, Priority, Reason, Ticket
from tickets.states import TRANSITIONS, State

REVERTIBLE = frozenset(
    {
        EventKind.ASSIGNED,
        EventKind.TEAM,
        EventKind.PRIORITY,
        EventKind.REASON,
        EventKind.STATE,
        EventKind.SPAM,
        EventKind.DELETED,
        EventKind.MERGED,
        EventKind.SNOOZED,
    }
)


@transaction.atomic
def revert(event: Event, *, by: Actor) -> Ticket:
    """Undo what this event did to its ticket, as a step of its own. Refused (field "event") when the same thing has
    changed again since, or when its kind knows no way back."""
    ticket, kind = event.ticket, EventKind(event.kind)
    since = ticket.events.filter(kind=kind, pk__gt=event.pk)
    if kind not in REVERTIBLE or since.exists():
        raise Refused("event", _("It has changed since: there is nothing to undo."))
    old = event.data.get("old")
    if kind == EventKind.ASSIGNED:
        return assign(ticket, to=User.objects.filter(pk=old).first() if old else None, by=by)
    if kind == EventKind.TEAM:
        return move_to_team(ticket, to=Team.objects.filter(pk=old).first() if old else None, by=by)
    if kind == EventKind.PRIORITY:
        return prioritise(ticket, to=Priority.from_key(event.data["old"]), by=by)
    if kind == EventKind.REASON:
        return choose_reason(ticket, to=Reason.objects.filter(pk=old).first() if old else None, by=by)
    if kind == EventKind.STATE:
        before = State(event.data["old"])
        back = before if before in TRANSITIONS[State(ticket.state)] else State.OPEN  # nothing becomes new again
        return change_state(ticket, back, by=by)
    return _brought_back(ticket, kind, by)


def _brought_back(ticket: Ticket, kind: EventKind, by: Actor) -> Ticket:
    if kind == EventKind.SPAM:
        return unmark_spam(ticket, by=by)
    if kind == EventKind.DELETED:
        return restore(ticket, by=by)
    if kind == EventKind.MERGED:
        return unmerge(ticket, by=by)
    return wake_up(ticket, by=by, why="undone")
