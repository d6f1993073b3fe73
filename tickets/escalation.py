"""Who hears of a ticket that is late or beyond somebody: each step a higher person, never the same (S139, S141)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Presence, Role, User
from hours import clock
from tickets import actions
from tickets.actors import SYSTEM, Actor
from tickets.calendars import Timer, calendar_for
from tickets.models import Event, EventKind, Notification, Ticket
from tickets.notifications import notify

LADDER = {Role.LEAD: 1, Role.MANAGER: 2, Role.ADMIN: 3}  # the steps above an agent


@transaction.atomic
def escalate(ticket: Ticket, *, why: str, by: Actor = SYSTEM, at: datetime | None = None) -> User | None:
    """Hand the ticket to the next higher person on duty, who is told; with nobody on duty every manager is alerted.

    `why` is told to them. Returns who took the step; None when nobody could.
    """
    earlier = _steps(ticket)
    reached = _reached(ticket, earlier)
    known = {step.get("to") for step in earlier} | {ticket.assignee_id, by.user.pk if by.user else None}
    others = User.objects.filter(is_active=True, role__in=LADDER).exclude(pk__in=[one for one in known if one])
    for person in _on_duty(others, ticket, at or timezone.now()):
        if (level := LADDER[Role(person.role)]) > reached:
            event = actions.escalate(ticket, to=person, level=level, why=why, by=by)
            _tell([person], ticket, event, _("Ticket #%(number)s needs you: %(why)s"), why)
            return person
    if reached < max(LADDER.values()):
        event = actions.escalate(ticket, to=None, level=reached, why=why, by=by)
        heads = list(others.filter(role__in=[Role.MANAGER, Role.ADMIN]))
        managers = [one for one in heads if one.role == Role.MANAGER]
        _tell(managers or heads, ticket, event, _("Nobody is on duty for ticket #%(number)s: %(why)s"), why)
    return None


def next_step(ticket: Ticket, every: int | None, at: datetime) -> datetime | None:
    """When, if nobody has acted by then, the one above the last is called in: `every` open seconds after `at`.

    None when nobody stands higher, or the hours never come.
    """
    if every is None or _reached(ticket, _steps(ticket)) >= max(LADDER.values()):
        return None
    return Timer(calendar_for(ticket.shop, channel=ticket.channel, team=ticket.team)).due(at, every)


def responsible(ticket: Ticket) -> list[User]:
    """Whom a warning concerns: the assignee, else the leads of its team, else every lead."""
    if ticket.assignee is not None and ticket.assignee.is_active:
        return [ticket.assignee]
    leads = User.objects.filter(is_active=True, role=Role.LEAD)
    return list(leads.filter(teams=ticket.team) if ticket.team else leads)


def _steps(ticket: Ticket) -> list[dict[str, Any]]:
    return list(ticket.events.filter(kind=EventKind.ESCALATED).values_list("data", flat=True))


def _reached(ticket: Ticket, steps: list[dict[str, Any]]) -> int:
    return max([step.get("level") or 0 for step in steps] + [_level(ticket.assignee)])


def _on_duty(people: QuerySet[User], ticket: Ticket, at: datetime) -> list[User]:
    """Those available during their opening hours, the lowest step first, then the fewest tickets."""
    calendar = calendar_for(ticket.shop, channel=ticket.channel, team=ticket.team)
    if calendar is not None and not clock.is_open(calendar, at):
        return []
    people = people.filter(presence=Presence.ONLINE)
    if ticket.team is not None:
        people = people.filter(Q(pk__in=ticket.team.members.all()) | ~Q(role=Role.LEAD))
    load = Count("tickets", filter=Q(tickets__is_live=True))
    return sorted(people.alias(load=load).order_by("load", "pk"), key=lambda one: LADDER[Role(one.role)])


def _level(user: User | None) -> int:
    return LADDER.get(Role(user.role), 0) if user else 0


def _tell(people: Iterable[User], ticket: Ticket, event: Event, words: str, why: str) -> None:
    text = words % {"number": ticket.pk, "why": why}
    for one in people:
        kind = Notification.Kind.ESCALATED
        notify(one, kind, ticket=ticket, text=text, cause=f"escalated:{event.pk}", event=event)
