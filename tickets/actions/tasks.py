"""Things to do by somebody until a time."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.locking import locked, touch
from tickets.actors import Actor
from tickets.events import record
from tickets.models import EventKind, Task, Ticket


@transaction.atomic
def set_task(
    ticket: Ticket,
    *,
    by: Actor,
    title: str,
    user: User | None = None,
    team: Team | None = None,
    due_at: datetime | None = None,
    kind: str = "task",
    data: dict[str, Any] | None = None,
) -> Task:
    """Note something to do about this ticket. Refused (field "title") without words."""
    title = " ".join(title.split())[:200]
    if not title:
        raise Refused("title", _("Say in a few words what is to be done."))
    ticket = locked(ticket)
    task = Task.objects.create(
        ticket=ticket, title=title, user=user, team=team, due_at=due_at, kind=kind, data=data or {}
    )
    touch(ticket)
    record(ticket, EventKind.TASK, by=by, task=task.pk, title=title, user=user.pk if user else None, done=False)
    return task


@transaction.atomic
def finish_task(task: Task, *, by: Actor, outcome: str = "") -> Task:
    """It is done; once."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if task.done_at is None:
        task.done_at, task.done_by, task.outcome = timezone.now(), by.user, outcome
        task.save(update_fields=["done_at", "done_by", "outcome"])
        if task.ticket is not None:
            record(task.ticket, EventKind.TASK, by=by, task=task.pk, title=task.title, done=True)
    return task
