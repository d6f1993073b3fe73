"""Celery finds this app's tasks here; each stands beside the code that it serves."""

from celery import shared_task
from django.utils import timezone

from surveys import invitations
from surveys.invitations import send

__all__ = ["ask", "send"]


@shared_task(name="surveys.tasks.ask")
def ask() -> int:
    """Put every question whose time has come."""
    invitations.invite_buyers(timezone.now())
    return invitations.send_due()
