"""POST /notifications/push/: a browser asks to be told while our pages are closed, or no more."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.refused import Refused
from tickets import push

KEYS = ("endpoint", "p256dh", "auth")


@policy("desk.use")
@require_POST
def subscribe_push(request: Request) -> HttpResponse:
    """204; 422 with what is wrong."""
    try:
        push.subscribe(request.user, **{key: request.POST.get(key, "")[:2000] for key in KEYS})
    except Refused as refusal:
        return JsonResponse({refusal.field: refusal.words}, status=422)
    return HttpResponse(status=204)


@policy("desk.use")
@require_POST
def stop_push(request: Request) -> HttpResponse:
    """No more to the browser named, else to none."""
    rows = request.user.push_subscriptions.all()
    endpoint = request.POST.get("endpoint", "")
    (rows.filter(endpoint=endpoint) if endpoint else rows).delete()
    return redirect("notifications")
