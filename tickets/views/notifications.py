"""/notifications/: what one should know, read or not."""

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from tickets import notifications, push
from tickets.models import Notification, Ticket

PAGE_SIZE = 50
ICONS = {
    "mention": "at",
    "assigned": "user",
    "reply": "reply",
    "followed": "eye",
    "warning": "clock",
    "breach": "late",
    "escalated": "up",
    "rule": "bolt",
    "task": "check",
    "delivery": "warn",
    "side": "forward",
    "taken_back": "back",
}


@policy("desk.use")
@require_GET
def notifications_page(request: Request) -> HttpResponse:
    """The newest first, of tickets that this user may still see."""
    visible = Ticket.objects.visible_to(request.user).values("pk")
    rows = Notification.objects.filter(user=request.user)
    rows = rows.filter(ticket=None) | rows.filter(ticket__in=visible)
    page = Paginator(rows.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "icons": ICONS, "unread": notifications.unread(request.user)}
    context |= {"push_key": push.public_key(), "pushed_to": request.user.push_subscriptions.count()}
    return render(request, "tickets/notifications.html", context)


@policy("desk.use")
@require_GET
@never_cache
def unread_notifications(request: Request) -> JsonResponse:
    """How many are unread: for the bell."""
    return JsonResponse({"unread": notifications.unread(request.user)})


@policy("desk.use")
@require_POST
def read_notifications(request: Request) -> HttpResponse:
    """Mark one (`id`) or all as read; one with a ticket leads there."""
    named = request.POST.get("id", "")
    if not (named.isdecimal() and len(named) < 19):
        notifications.read(request.user)
        return redirect("notifications")
    notifications.read(request.user, [int(named)])
    row = Notification.objects.filter(user=request.user, pk=int(named)).first()
    return redirect(row or "notifications")


@policy("desk.use")
@require_POST
def set_digest(request: Request) -> HttpResponse:
    """Mail what stays unread, or not."""
    request.user.mail_digest = "mail_digest" in request.POST
    request.user.save(update_fields=["mail_digest"])
    return redirect("notifications")
