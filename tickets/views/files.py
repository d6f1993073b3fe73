"""What strangers have sent: attachments as downloads, and the formatted mail in a frame without rights."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from channels_app.foreign.html import clean_html
from tickets.access import get_attachment, get_message

# Its own address and a sandbox: no script, no form, no connection; remote images stay away.
FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
)
FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
SHOWN_AS_IMAGE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@policy("ticket.read")
@require_GET
def attachment(request: Request, number: int, uuid: UUID) -> FileResponse:
    """The file as a download. With ?show an ordinary image is sent as one, for the framed mail that names it."""
    found = get_attachment(request.user, uuid)
    if found.message.ticket_id != number:
        raise Http404
    as_image = "show" in request.GET and found.content_type in SHOWN_AS_IMAGE
    response = FileResponse(
        found.file.open("rb"),
        as_attachment=not as_image,
        filename=found.name or str(found.uuid),
        content_type=found.content_type if as_image else "application/octet-stream",
    )
    response["Content-Security-Policy"] = FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@policy("ticket.read")
@require_GET
@xframe_options_exempt  # frame-ancestors 'self' says it better
def message_original(request: Request, number: int, pk: int) -> HttpResponse:
    """The formatted form of a message, to be framed by its conversation. Cleaned when it came in, and again here."""
    message = get_message(request.user, pk)
    if message.ticket_id != number or not message.html:
        raise Http404
    html = clean_html(message.html, message.inline_urls())
    remote = "images" in request.GET  # asked for by a click, for this one load
    if remote:
        html = html.replace(" data-remote-src=", " src=")
    response = render(request, "tickets/original.html", {"message": message, "html": mark_safe(html)})  # noqa: S308
    response["Content-Security-Policy"] = FRAME_POLICY.replace("img-src", "img-src https:") if remote else FRAME_POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response
