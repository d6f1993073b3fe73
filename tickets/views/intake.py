"""/intake/: what came in from outside and could not be taken in; its raw form, and another try."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app import inbox as channel_inbox
from channels_app.models import InboundMessage
from tickets.access import visible_inbound
from tickets.views.files import FILE_POLICY

State = InboundMessage.State
TONES = {State.STORED: "info", State.PROCESSED: "good", State.IGNORED: "", State.FAILED: "bad"}
PAGE_SIZE = 50


@policy("intake.read")
@require_GET
def intake(request: Request) -> HttpResponse:
    """What waits or failed; with ?state=ignored what was knowingly left out, such as bounces and loops."""
    asked = request.GET.get("state", "")
    states = [asked] if asked in State.values else [State.FAILED, State.STORED]
    rows = visible_inbound(request.user).filter(state__in=states).select_related("channel").order_by("-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "state": asked, "states": State.choices}
    context["floods"] = channel_inbox.floods()
    return render(request, "tickets/intake.html", context)


@policy("intake.read")
@require_GET
def raw_inbound(request: Request, uuid: UUID) -> HttpResponse:
    """The message exactly as it came, as a download."""
    message = get_object_or_404(visible_inbound(request.user), uuid=uuid)
    response = HttpResponse(bytes(message.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{message.uuid}.eml"'
    response["Content-Security-Policy"] = FILE_POLICY
    return response


@policy("intake.read")
@require_POST
def retry_inbound(request: Request, uuid: UUID) -> HttpResponse:
    message = get_object_or_404(visible_inbound(request.user), uuid=uuid)
    channel_inbox.retry(message)
    messages.success(request, _("It is being taken in again."))
    return HttpResponseRedirect("/intake/")
