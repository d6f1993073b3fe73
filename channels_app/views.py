"""Vendors' calls. The path names the channel; what proves the call is the vendor's own business."""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.access import TOKEN, policy
from channels_app.adapters.email import webhooks
from channels_app.models import Channel, ChannelKind


@csrf_exempt
@policy(TOKEN)
@require_http_methods(["POST", "HEAD"])
def hook(request: HttpRequest, channel: uuid.UUID) -> HttpResponse:
    """Take in what a mail provider posts: 200 when stored, 401 unproven, 400 unreadable, 413 too large."""
    found = get_object_or_404(Channel, uuid=channel, kind=ChannelKind.EMAIL, config__esp__in=list(webhooks.PROVIDERS))
    if request.method == "HEAD":
        return HttpResponse()  # how some providers try an address
    if not _read(request, webhooks.size_limit()):
        return _no("too_large", 413)
    try:
        stored = webhooks.receive(found, request, f"{settings.PUBLIC_URL}{reverse('hook', args=[channel])}")
    except webhooks.Unproven:
        return _no("unproven", 401)
    except webhooks.Unreadable:
        return _no("unreadable", 400)
    except ValueError:
        return _no("too_large", 413)
    return JsonResponse({"stored": [str(message.uuid) for message in stored]})


def _no(code: str, status: int) -> JsonResponse:
    return JsonResponse(
        {"type": "client_error", "errors": [{"code": code, "detail": code, "attr": None}]}, status=status
    )


def _read(request: HttpRequest, limit: int) -> bool:
    """Read the body here: a mail may be larger than Django's limit for forms. False beyond `limit` bytes."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        return False
    request._body = request.read(limit + 1)  # what request.body would have read
    return len(request._body) <= limit
