"""Structured logs: one line or one JSON object per event, with one request id from the webhook to the outbox."""

import logging
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from structlog.typing import EventDict, Processor, WrappedLogger

from helpdesk import counters
from helpdesk.lib.request_id import current_request_id, request_id

SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
SECRET_WORDS = ("password", "passwd", "secret", "token", "authorization", "cookie", "api_key", "apikey")
SECRET_IN_TEXT = re.compile(
    r"(?i)(?P<key>\b(?:authorization|proxy-authorization|cookie|set-cookie|password|passwd|secret|token|api[_-]?key)\b"
    r"[\"']?\s*[:=]\s*[\"']?)(?:(?:bearer|basic|token)\s+)?[^\s\"',;&]+"
)
PASSWORD_IN_URL = re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s/@]+@")
QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")
request_log = logging.getLogger("helpdesk.request")


def new_id() -> str:
    return secrets.token_hex(8)


def bind(identifier: str, **more: str) -> None:
    """From here on the log lines and the rows written say for which request or task they are."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=identifier, **more)
    request_id.set(identifier)


def unbind() -> None:
    structlog.contextvars.clear_contextvars()
    request_id.set("")


def without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Values of fields that hold secrets are dropped, secrets in texts are blotted out."""
    event.pop("request", None)  # Django attaches the object
    for key, value in event.items():
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = _blotted(value)
    return event


def _blotted(text: str) -> str:
    return PASSWORD_IN_URL.sub(r"\g<head>***@", SECRET_IN_TEXT.sub(r"\g<key>***", text))


def _line(_: WrappedLogger, __: str, event: EventDict) -> str:
    level = str(event.pop("level", "info"))
    event.pop("timestamp", None)
    event.pop("logger", None)
    text = str(event.pop("event", "")).replace("\n", " | ")
    trace = event.pop("exception", None)
    identifier = str(event.pop("request_id", ""))[:8]
    pairs = " ".join(f"{key}={value}" for key, value in event.items())
    head = f"{time.strftime('%H:%M:%S')} {level.upper() + ' ' if level != 'info' else ''}{text}"
    return " ".join(part for part in (head, pairs, f"[{identifier}]" if identifier else "") if part) + (
        f"\n{trace}" if trace else ""
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        without_secrets,
    ]


def formatter() -> logging.Formatter:
    """What makes a line (or a JSON object) of a log record, structlog's or the standard library's."""
    render: Processor = structlog.processors.JSONRenderer(default=str) if settings.LOG_FORMAT == "json" else _line
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def configure() -> None:
    """Route the logging of the whole process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.LOG_LEVEL.upper())
    _quieten()
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _quieten() -> None:
    """Libraries that tell more than anybody reads."""
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace", "httpx", "mail.log", "aiosmtpd"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A 4xx is in our own request line already; a 5xx keeps its traceback.
    logging.getLogger("django.request").setLevel(logging.ERROR)


Handler = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def RequestIdMiddleware(get_response: Any) -> Handler:  # noqa: N802 (settings name it like a class)
    """Give each request an id (the caller's X-Request-ID if it is sane), log one line, count it."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            started = _begin(request)
            return _end(request, await get_response(request), started)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        started = _begin(request)
        return _end(request, get_response(request), started)

    return synchronous


def _begin(request: HttpRequest) -> float:
    offered = request.headers.get("X-Request-ID", "")
    bind(offered if SANE_ID.fullmatch(offered) else new_id())
    return time.perf_counter()


def _end(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    seconds = time.perf_counter() - started
    response.headers["X-Request-ID"] = current_request_id()
    counters.observe_request(request, response.status_code, seconds)
    quiet = request.path.startswith(QUIET_PATHS) and response.status_code < 500
    # The path only: queries hold names, addresses, tokens.
    request_log.log(
        logging.DEBUG if quiet else logging.INFO,
        "%s %s %d %d ms",
        request.method,
        request.path,
        response.status_code,
        seconds * 1000,
    )
    return response
