"""Is it alive, is it ready; and what a visitor sees while the database is away."""

import logging
import sys
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import psycopg
import redis
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import PUBLIC, policy
from helpdesk.celery import PULSE_KEY

log = logging.getLogger(__name__)
RETRY_AFTER = 5  # seconds
# SQLSTATE classes that mean "the server is not there for us now": connection, resources, shutdown.
AWAY_CLASSES = ("08", "53", "57P")


@policy(PUBLIC)
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; says nothing about anything else."""
    return HttpResponse("ok", content_type="text/plain")


@policy(PUBLIC)
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part as "ok" or "down" (never a reason: anybody may ask); 503 when a part that pages need is down.

    `worker` is for information: without worker or beat mail waits, but pages work.
    """
    database = _database_answers()
    parts = {
        "database": database,
        "redis": _redis_answers(),
        "migrations": database and _migrated(),
        "worker": _worker_lives(),
    }
    ready = parts["database"] and parts["redis"] and parts["migrations"]
    words = {name: "ok" if good else "down" for name, good in parts.items()}
    return JsonResponse(words, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except (OperationalError, InterfaceError) as error:
        log.warning("database away: %s", error)
        connection.close()
        return False


def _redis() -> "redis.Redis[bytes]":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def _redis_answers() -> bool:
    try:
        with _redis() as client:
            return bool(client.ping())
    except redis.RedisError as error:
        log.warning("redis away: %s", error)
        return False


def _worker_lives() -> bool:
    try:
        with _redis() as client:
            return bool(client.exists(PULSE_KEY))
    except redis.RedisError:
        return False


@cache
def _expected_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _migrated() -> bool:
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except (OperationalError, InterfaceError):
        return False
    return _expected_migrations() <= applied


def is_away(error: BaseException | None) -> bool:
    """Whether `error` says that the database cannot be reached or serves nobody now."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state.startswith(AWAY_CLASSES)


def watch_database() -> None:
    """Mark requests that failed because the database is away (Django tells of the failure in this signal only:
    middleware sees the finished 500)."""
    got_request_exception.connect(_mark, dispatch_uid="helpdesk.health")


def _mark(sender: object, request: HttpRequest | None = None, **kwargs: Any) -> None:
    if request is not None and is_away(sys.exc_info()[1]):
        request.database_away = True  # type: ignore[attr-defined]


Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def DatabaseDownMiddleware(get_response: Any) -> Handler:  # noqa: N802 (settings name it like a class)
    """Answer 503 with Retry-After, not 500, while the database is away."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            return _replaced(request, await get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        return _replaced(request, get_response(request))

    return synchronous


def _replaced(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not getattr(request, "database_away", False):
        return response
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    if request.path.startswith("/api/") or "json" in request.headers.get("Accept", ""):
        error = {"code": "unavailable", "detail": "The database is away for a moment: try again.", "attr": None}
        return JsonResponse({"type": "server_error", "errors": [error]}, status=503, headers=headers)
    with translation.override(translation.get_language_from_request(request)):
        page = render_to_string("503.html", {"retry_after": RETRY_AFTER})
    return HttpResponse(page, status=503, headers=headers)
