"""Celery: it executes row ids. The rows are the truth, a task is a wake-up that may get lost."""

import logging
import os
import signal
import threading
import time
import warnings
from typing import Any

import redis
from celery import Celery, signals
from celery.contrib.django.task import DjangoTask
from celery.exceptions import CPendingDeprecationWarning
from celery.worker import state
from kombu.exceptions import OperationalError

from helpdesk import logs
from helpdesk.lib.request_id import current_request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
log = logging.getLogger(__name__)

REQUEST_ID_HEADER = "request_id"
PULSE_KEY = "comptoir:pulse"
PULSE_LIFE = 60  # seconds without a pulse after which worker or beat counts as silent
BROKER_REST = 2.0  # seconds during which nothing is published after the broker failed
DEAF_AFTER = 30.0  # seconds with work waiting, none in hand and none received


class WakeUp(DjangoTask):  # type: ignore[type-arg]  # generic in the stubs only
    """A task whose publishing never fails its caller: without a broker the sweeps of beat do the work later."""

    _away_until = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < WakeUp._away_until:
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, redis.RedisError, OSError) as error:
            WakeUp._away_until = time.monotonic() + BROKER_REST
            log.warning("broker away, %s waits for its sweep: %s", self.name, error)
            return None


app = Celery("comptoir", task_cls=WakeUp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="helpdesk.pulse", ignore_result=True)
def pulse() -> None:
    """Beat sends it, a worker runs it: proof that both live (`/readyz`, `manage.py check_worker`)."""
    from django.conf import settings

    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1) as client:
        client.set(PULSE_KEY, int(time.time()), ex=PULSE_LIFE)


@signals.setup_logging.connect
def _configure_logging(**kwargs: Any) -> None:
    logs.configure()
    # Said at each lost connection about a setting that we have chosen on purpose.
    warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)


@signals.before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    if headers is not None and current_request_id():
        headers[REQUEST_ID_HEADER] = current_request_id()


@signals.task_prerun.connect
def _take_request_id(task: Any = None, **kwargs: Any) -> None:
    sent = getattr(task.request, REQUEST_ID_HEADER, None) or (task.request.headers or {}).get(REQUEST_ID_HEADER)
    logs.bind(sent or logs.new_id(), task=task.name)


@signals.task_postrun.connect
def _forget_request_id(**kwargs: Any) -> None:
    logs.unbind()


@signals.worker_ready.connect
def _watch_hearing(sender: Any = None, **kwargs: Any) -> None:
    """After its broker came back a worker may stay deaf for ever (Celery #8030, #8091, #9054): then leave, to be
    started anew by whoever supervises us."""
    threading.Thread(target=_leave_when_deaf, daemon=True).start()


def _leave_when_deaf() -> None:
    heard, since = -1, time.monotonic()
    while True:
        time.sleep(5)
        received = sum(state.total_count.values())
        if received != heard or state.reserved_requests or not _work_waits():
            heard, since = received, time.monotonic()
        elif time.monotonic() - since > DEAF_AFTER:
            log.error("work waits but none arrives: this worker is deaf and leaves")
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
            os.kill(os.getpid(), signal.SIGKILL)


def _work_waits() -> bool:
    from django.conf import settings

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1) as client:
            return bool(client.llen(app.conf.task_default_queue))
    except redis.RedisError:
        return False
