"""The project: settings, servers, processes, health. No domain code."""

from helpdesk.celery import app as celery_app

__all__ = ["celery_app"]
