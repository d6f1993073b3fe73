"""POST twice with one Idempotency-Key, act once (DESIGN, guarantee 3)."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import IdempotentAnswer, User
from helpdesk.api.body import read_body
from helpdesk.api.problems import Conflict, KeyReused, errors

KEPT = timedelta(hours=24)
PURGED_AT_ONCE = 200
Handler = Callable[..., Response]


class Idempotent:
    """For API views: answers a repeated POST from the first one's stored answer.

    The row is locked while the first call runs, and the answer is stored in the transaction of what it did: a crash
    undoes both, and leaves the key free.
    """

    body_limit: int

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in ("POST", "PATCH"):
            return
        read_body(request, self.body_limit)
        key = request.headers.get("Idempotency-Key")
        handler = getattr(self, "post", None)
        if request.method == "POST" and key is not None and handler is not None:
            self.__dict__["post"] = partial(answer_once, key, handler)


def answer_once(key: str, handler: Handler, request: Request, /, *args: Any, **kwargs: Any) -> Response:
    """Run the handler unless this user's key already has an answer. 409 while it runs, 422 for another request."""
    if not (0 < len(key) <= 255 and key.isprintable() and key.isascii()):
        raise ValidationError({"Idempotency-Key": "Expected 1 to 255 printable ASCII characters."}, "invalid")
    assert isinstance(request.user, User)
    digest = _digest(request)
    purge()
    IdempotentAnswer.objects.bulk_create(
        [IdempotentAnswer(user=request.user, key=key, request_digest=digest)], ignore_conflicts=True
    )
    with transaction.atomic():
        rows = IdempotentAnswer.objects.select_for_update(skip_locked=True)
        answer = rows.filter(user=request.user, key=key).first()
        if answer is None:
            raise Conflict("The first request with this Idempotency-Key is still running.", "still_running")
        if answer.created_at < timezone.now() - KEPT:
            answer.status, answer.request_digest, answer.created_at = None, digest, timezone.now()
        if answer.request_digest != digest:
            raise KeyReused
        if answer.status is not None:
            return Response(answer.body, status=answer.status, headers={"Idempotent-Replayed": "true"})
        response = _run(handler, request, *args, **kwargs)
        answer.status = response.status_code
        answer.body = json.loads(JSONRenderer().render(response.data) or b"null")
        answer.save()
        return response


def purge() -> None:
    """Drop some of the answers whose day has passed; one that is in use is left."""
    old = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT)
    with transaction.atomic():
        ids = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:PURGED_AT_ONCE])
        IdempotentAnswer.objects.filter(pk__in=ids).delete()


def _run(handler: Handler, request: Request, *args: Any, **kwargs: Any) -> Response:
    """The handler's answer, a refusal included; what is our own fault is raised, and undoes everything."""
    try:
        with transaction.atomic():
            return handler(request, *args, **kwargs)
    except (APIException, Http404) as refusal:
        response = errors(refusal, {})
        if response is None or response.status_code >= 500:
            raise
        return response


def _digest(request: Request) -> str:
    told = f"{request.method} {request.get_full_path()}\n{request.content_type}\n".encode()
    return hashlib.sha256(told + request._request.body).hexdigest()
