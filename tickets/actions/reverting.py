"""The way back from one step, for a toast that offers it, and from what a macro did beside its words."""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import restore, unmark_spam, unmerge
from tickets.actions.filing import fill_in
from tickets.actions.language import speak
from tickets.actions.problems import unlink_problem
from tickets.actions.snooze import snooze, wake_up
from tickets.actions.state import change_state
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise, tag
from tickets.actors import Actor
from tickets.models import BlockedSender, Delivery, Event, EventKind, Message, Priority, Problem, Reason, Ticket
from tickets.states import TRANSITIONS, State

Way = Callable[[Ticket, dict[str, Any], Actor], Ticket]


@transaction.atomic
def revert(event: Event, *, by: Actor) -> Ticket:
    """Undo what this event did to its ticket, as a step of its own. Refused (field "event") when the same thing has
    changed again since, or when its kind knows no way back."""
    kind = EventKind(event.kind)
    if kind not in WAYS_BACK or _changed_since(event, but_for=[]):
        raise Refused("event", _("It has changed since: there is nothing to undo."))
    return WAYS_BACK[kind](event.ticket, event.data, by)


def revert_macro(message: Message, *, by: Actor) -> None:
    """Undo the steps of the macro that this reply used."""
    for used in message.events.filter(kind=EventKind.MACRO):
        revert_steps(used, by=by)


@transaction.atomic
def revert_steps(used: Event, *, by: Actor) -> None:
    """Undo the steps of this use of a macro, unless somebody has changed the same things since."""
    numbers = used.data.get("steps", [])
    steps = Event.objects.filter(pk__in=numbers, kind__in=OF_MACROS).select_related("ticket").order_by("-pk")
    for step in [one for one in steps if not _changed_since(one, but_for=numbers)]:
        with suppress(Refused):
            OF_MACROS[EventKind(step.kind)](step.ticket, step.data, by)
    notes = Event.objects.filter(pk__in=numbers, kind=EventKind.NOTE).values("message")
    Message.objects.filter(pk__in=notes).update(delivery=Delivery.CANCELLED)


def _changed_since(event: Event, *, but_for: Collection[int]) -> bool:
    later = event.ticket.events.filter(kind=event.kind, pk__gt=event.pk).exclude(pk__in=but_for)
    if one := ONE_OF_MANY.get(EventKind(event.kind)):
        later = later.filter(**{f"data__{one}": event.data[one]})
    return later.exists()


def _assigned(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    return assign(ticket, to=User.objects.filter(pk=data["old"]).first() if data["old"] else None, by=by)


def _moved(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    """With whom it had there: out of the team they had lost it."""
    ticket = move_to_team(ticket, to=Team.objects.filter(pk=data["old"]).first() if data["old"] else None, by=by)
    had = User.objects.filter(pk=data.get("left", 0), is_active=True).first()
    return assign(ticket, to=had, by=by) if had and ticket.assignee_id is None else ticket


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


def _snoozed_before(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    """Until the time before, if that is still to come; one that has woken meanwhile stays awake."""
    until = datetime.fromisoformat(data["old"]) if data.get("old") else None
    if ticket.snoozed_until is None or until is None or until <= timezone.now():
        return wake_up(ticket, by=by, why="undone")
    return snooze(ticket, until=until, wakes_on=data["old_wakes_on"], by=by)


def _not_to_do(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    ticket.to_do.filter(pk=data["task"], done_at=None).delete()
    return ticket


def _not_from_there(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    problem = Problem.objects.filter(pk=data["problem"]).first()
    return unlink_problem(ticket, problem=problem, by=by) if problem else ticket


def _filled_before(ticket: Ticket, data: dict[str, Any], by: Actor) -> Ticket:
    """The shop's own fields, or the language."""
    old = data.get("old", {})
    return fill_in(ticket, values=old, by=by) if isinstance(old, dict) else speak(ticket, language=old, by=by)


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
    EventKind.SNOOZED: _snoozed_before,
}
REVERTIBLE = frozenset(WAYS_BACK)
OF_MACROS = WAYS_BACK | {
    EventKind.TASK: _not_to_do,
    EventKind.PROBLEM: _not_from_there,
    EventKind.FIELDS: _filled_before,
}
ONE_OF_MANY = {EventKind.TASK: "task", EventKind.PROBLEM: "problem"}  # of these a ticket may have several
