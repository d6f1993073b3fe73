"""Celery finds this app's tasks here."""

from metrics.archive.jobs import forget_files, work

__all__ = ["forget_files", "work"]
