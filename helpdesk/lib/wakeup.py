"""Waking a worker: best effort. The row that it names is found by a sweep when the broker is away."""

import logging
import time
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
_PAUSE = 3.0  # seconds without another try after a failure, so that no page waits for a dead broker twice
_paused_until = 0.0


def wake(task: Task[Any, Any], *args: Any) -> bool:
    """Enqueue `task(*args)`. False when the broker is away: a sweep will do the work later."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return False
    try:
        task.apply_async(args=args)
    except (OperationalError, RedisError, OSError) as error:
        _paused_until = time.monotonic() + _PAUSE
        log.warning("broker away, %s left to the sweep: %s", task.name, error)
        return False
    return True
