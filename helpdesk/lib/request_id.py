"""One id from the webhook or mail that came in to the reply that leaves; bound by the request and task wrappers."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    return request_id.get()
