"""Spam, deletion, merging: each can be undone."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from tickets import deadlines
from tickets.actions.drafts import carry_drafts
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Ticket


class MergeRefused(Exception):
    """Why two tickets cannot become one."""


@transaction.atomic
def mark_spam(ticket: Ticket, *, by: Actor, blocked: int | None = None) -> Ticket:
    """`blocked`: the row of the block list that goes with it, and goes when it is undone."""
    ticket = locked(ticket)
    told: dict[str, Any] = {"blocked": blocked} if blocked else {}
    if not ticket.spam:
        ticket.spam = True
        touch(ticket, "spam")
        record(ticket, EventKind.SPAM, by=by, **told)
        deadlines.settle(ticket)
    return ticket


@transaction.atomic
def unmark_spam(ticket: Ticket, *, by: Actor) -> Ticket:
    ticket = locked(ticket)
    if ticket.spam:
        ticket.spam = False
        touch(ticket, "spam")
        record(ticket, EventKind.UNSPAM, by=by)
        deadlines.settle(ticket)
    return ticket


@transaction.atomic
def delete(ticket: Ticket, *, by: Actor) -> Ticket:
    """Put the ticket in the bin: out of every list and figure until restored."""
    ticket = locked(ticket)
    if ticket.deleted_at is None:
        ticket.deleted_at = timezone.now()
        touch(ticket, "deleted_at")
        record(ticket, EventKind.DELETED, by=by)
        deadlines.settle(ticket)
    return ticket


@transaction.atomic
def restore(ticket: Ticket, *, by: Actor) -> Ticket:
    ticket = locked(ticket)
    if ticket.deleted_at is not None:
        ticket.deleted_at = None
        touch(ticket, "deleted_at")
        record(ticket, EventKind.RESTORED, by=by)
        deadlines.settle(ticket)
    return ticket


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, by: Actor) -> Ticket:
    """Make `ticket` part of `into`: its messages are read there, later ones arrive there. Returns `into`.

    But for drafts nothing is moved, so unmerging restores both. MergeRefused for itself, a merged or a deleted ticket.
    """
    first, second = sorted((ticket, into), key=lambda one: one.pk)  # one order for all: no deadlock
    if first.pk == second.pk:
        raise MergeRefused("into: a ticket cannot be merged into itself.")
    rows = {row.pk: row for row in (locked(first), locked(second))}
    source, target = rows[ticket.pk], rows[into.pk]
    if source.merged_into_id or target.merged_into_id:
        raise MergeRefused("into: one of the two tickets has already been merged.")
    if target.deleted_at or source.deleted_at:
        raise MergeRefused("into: one of the two tickets is in the bin.")
    source.merged_into = target
    touch(source, "merged_into")
    record(source, EventKind.MERGED, by=by, into=target.pk)
    touch(target)
    record(target, EventKind.MERGED, by=by, source=source.pk)
    carry_drafts(source, into=target)
    deadlines.settle_locked([source, target], at=timezone.now())
    return target


@transaction.atomic
def unmerge(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a merged ticket out again. MergeRefused when it is not merged."""
    into = Ticket.objects.filter(merged=ticket).first()
    if into is None:
        raise MergeRefused("This ticket is not merged.")
    family = sorted({ticket, into, into.survivor()}, key=lambda one: one.pk)
    rows = {row.pk: row for row in map(locked, family)}
    ticket, target = rows[ticket.pk], rows[into.pk]
    if ticket.merged_into_id != target.pk:
        raise MergeRefused("This ticket is not merged.")
    ticket.merged_into = None
    touch(ticket, "merged_into")
    record(ticket, EventKind.UNMERGED, by=by, out_of=target.pk)
    record(target, EventKind.UNMERGED, by=by, source=ticket.pk)
    deadlines.settle_locked(list(rows.values()), at=timezone.now())
    return ticket
