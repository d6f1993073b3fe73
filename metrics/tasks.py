"""Celery finds this app's tasks here."""

import logging

from celery import shared_task

from metrics import alerts, audit, causes, reports
from metrics.refresh import BATCH, catch_up

log = logging.getLogger(__name__)


@shared_task(name="metrics.tasks.refresh")
def refresh() -> int:
    """Bring facts up to date a while; the next beat goes on. Returns how many tickets are still queued."""
    return catch_up(20 * BATCH)


@shared_task(name="metrics.tasks.check", time_limit=3600)
def check() -> int:
    """Nightly: recompute everything from the timelines and compare. A difference is a defect: it is logged as one, and
    the managers are told."""
    found = audit.check()
    for line in found.lines:
        log.error("figures differ from their timelines: %s", line)
    if found.differences:
        audit.tell(found)
    return found.differences


@shared_task(name="metrics.tasks.watch")
def watch() -> int:
    """Hold the last complete day of every shop against its days. Returns how many alerts are new."""
    return len(alerts.sweep())


@shared_task(name="metrics.tasks.report")
def report() -> int:
    """Mail the reports that are due. Returns how many left."""
    return reports.send_due()


@shared_task(name="metrics.tasks.find_causes")
def find_causes() -> int:
    """Ask a lead for the cause where many write about one product for one reason. Returns how many tasks are new."""
    return len(causes.sweep())
