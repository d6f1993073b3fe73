"""Tasks as lists and the side panel show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from helpdesk.lib import compiled
from tickets.models import Task, Ticket
from tickets.views.clock import Due, Times, exact


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task with its time in words; `due` is None without one, or when it is done."""

    task: Task
    due: Due | None
    exact: str


def to_do_on(ticket: Ticket, now: datetime) -> list[ToDo]:
    """What is still to do about a ticket: one query."""
    return [shown(one, now) for one in compiled.found(_undone, "to do", ticket.pk)]


def _undone(ticket: int) -> QuerySet[Task]:
    return Task.objects.filter(ticket=ticket, done_at=None).select_related("user", "team")


def shown(task: Task, now: datetime) -> ToDo:
    if task.due_at is None or task.done_at is not None:
        return ToDo(task, None, "")
    return ToDo(task, Times(now).running(task.due_at, task.created_at), exact(task.due_at))
