"""Celery finds this app's tasks here; each stands beside the code that it serves."""

from celery import shared_task
from django.utils import timezone

from tickets import promises, reactions
from tickets.intake import take_in
from tickets.reactions import react

__all__ = ["finish_reactions", "react", "sweep", "take_in"]


@shared_task(name="tickets.tasks.finish_reactions")
def finish_reactions() -> int:
    return reactions.sweep()


@shared_task(name="tickets.tasks.sweep")
def sweep() -> int:
    """Turn what is due now into events."""
    return promises.judge_overdue(timezone.now())
