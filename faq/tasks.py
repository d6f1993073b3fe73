"""Celery finds this app's tasks here."""

from celery import shared_task

from faq import links


@shared_task(name="faq.tasks.check_links")
def check_links() -> int:
    """Every night; returns how many links lead nowhere."""
    return links.check()
