"""Who does what, and how a ticket is filed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib import bulk
from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record, record_all, unsaved
from tickets.models import Event, EventKind, Follow, Priority, Reason, Tag, Ticket


@transaction.atomic
def assign(ticket: Ticket, *, to: User | None, by: Actor, version: int | None = None) -> Ticket:
    """Give the ticket to a colleague, or to nobody with `to=None`. Refused when they no longer work here."""
    if to is not None and not to.is_active:
        raise Refused("assignee", _("This colleague no longer works here."))
    ticket = locked(ticket, version=version)
    if ticket.assignee_id == (to.pk if to else None):
        return ticket
    old = ticket.assignee_id
    ticket.assignee, ticket.assigned_at = to, timezone.now() if to else None
    touch(ticket, "assignee", "assigned_at")
    record(ticket, EventKind.ASSIGNED, by=by, old=old, to=to.pk if to else None, name=to.full_name if to else "")
    return ticket


@transaction.atomic
def move_to_team(ticket: Ticket, *, to: Team | None, by: Actor, version: int | None = None) -> Ticket:
    """Put the ticket in a team's queue; its assignee stays only if a member of that team."""
    ticket = locked(ticket, version=version)
    if ticket.team_id == (to.pk if to else None):
        return ticket
    had = ticket.assignee_id
    if to and ticket.assignee and not to.members.filter(pk=ticket.assignee.pk).exists():
        ticket = assign(ticket, to=None, by=by)
    old, ticket.team = ticket.team_id, to
    touch(ticket, "team")
    left: dict[str, Any] = {"left": had} if had and ticket.assignee_id is None else {}
    record(ticket, EventKind.TEAM, by=by, old=old, to=to.pk if to else None, name=to.name if to else "", **left)
    return ticket


@transaction.atomic
def prioritise(ticket: Ticket, *, to: Priority, by: Actor, version: int | None = None) -> Ticket:
    ticket = locked(ticket, version=version)
    if ticket.priority == to:
        return ticket
    old, ticket.priority = Priority(ticket.priority), to
    touch(ticket, "priority")
    record(ticket, EventKind.PRIORITY, by=by, old=old.key, to=to.key)
    return ticket


@transaction.atomic
def tag(
    ticket: Ticket, *, by: Actor, add: Iterable[str] = (), remove: Iterable[str] = (), version: int | None = None
) -> Ticket:
    """Add and remove tags. A new word joins the list of tags; case does not make another tag."""
    ticket = locked(ticket, version=version)
    gone = {name.strip().lower() for name in remove}
    kept = [name for name in ticket.tags if name.lower() not in gone]
    have = {name.lower() for name in kept}
    for name in dict.fromkeys(word.strip()[:60] for word in add if word.strip()):
        if name.lower() not in have:
            known, _new = Tag.objects.get_or_create(name__iexact=name, defaults={"name": name})
            kept.append(known.name)
            have.add(name.lower())
    if kept == ticket.tags:
        return ticket
    old, ticket.tags = ticket.tags, kept
    touch(ticket, "tags")
    record(
        ticket,
        EventKind.TAGS,
        by=by,
        added=[name for name in kept if name not in old],
        removed=[name for name in old if name not in kept],
    )
    return ticket


@transaction.atomic
def choose_reason(ticket: Ticket, *, to: Reason | None, by: Actor, version: int | None = None) -> Ticket:
    ticket = locked(ticket, version=version)
    if ticket.reason_id == (to.pk if to else None):
        return ticket
    old, ticket.reason = ticket.reason_id, to
    touch(ticket, "reason")
    record(ticket, EventKind.REASON, by=by, old=old, to=to.pk if to else None, name=str(to) if to else "")
    return ticket


@transaction.atomic
def rename(ticket: Ticket, *, to: str, by: Actor, version: int | None = None) -> Ticket:
    """Change the subject. Refused when it is empty."""
    subject = " ".join(to.split())[:998]
    if not subject:
        raise Refused("subject", _("The subject cannot be empty."))
    ticket = locked(ticket, version=version)
    if ticket.subject == subject:
        return ticket
    old, ticket.subject = ticket.subject, subject
    touch(ticket, "subject")
    record(ticket, EventKind.SUBJECT, by=by, old=old, to=subject)
    return ticket


@dataclass(frozen=True, slots=True)
class Call:
    """Who is called in for a ticket, on which step of the ladder, and why; `to` None: nobody was on duty."""

    ticket: Ticket
    to: User | None
    level: int
    why: str | Lazy


def escalate(calls: Sequence[Call], *, by: Actor) -> list[Event]:
    """Write down who was called in for tickets that the caller has locked; they follow them from now on."""
    Follow.objects.bulk_create(
        [Follow(ticket=one.ticket, user=one.to) for one in calls if one.to], ignore_conflicts=True
    )
    now = timezone.now()
    for one in calls:
        one.ticket.version += 1
        one.ticket.last_activity_at = max(now, one.ticket.last_activity_at)
    bulk.store([one.ticket for one in calls], ["version", "last_activity_at"])
    events = [
        unsaved(
            one.ticket,
            EventKind.ESCALATED,
            by=by,
            at=now,
            to=one.to.pk if one.to else None,
            name=one.to.full_name if one.to else "",
            level=one.level,
            why=_written(one),
        )
        for one in calls
    ]
    record_all(events)
    return events


def _written(call: Call) -> str:
    """The timeline speaks the shop's language."""
    with translation.override(call.ticket.shop.default_language):
        return str(call.why)
