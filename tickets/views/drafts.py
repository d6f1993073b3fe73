"""/tickets/<number>/draft/...: what is being written, saved while it is typed, and the files that will go with it."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_ticket
from tickets.forms import RASTER, DraftFileForm, DraftForm
from tickets.models import Draft, DraftFile, Message
from tickets.views.conversation import PARTS
from tickets.views.files import FILE_POLICY


@policy("ticket.write")
@require_POST
def save_draft(request: Request, number: int) -> HttpResponse:
    """{"version": n}; 409 with the words of the other tab when that one has saved since; 422 for what is no draft."""
    ticket = get_ticket(request.user, number)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    data = form.cleaned_data
    if data["submission"] and Message.objects.filter(submission=data["submission"]).exists():
        return JsonResponse({"version": 0})  # saved too late: it has been said
    words = {"text": data["text"], "html": data["html"], "recipients": form.recipients, "version": data["version"]}
    try:
        draft = actions.save_draft(ticket, user=request.user, public=form.public, **words)
    except actions.StaleDraft as stale:
        return JsonResponse(_shown(stale.draft), status=409)
    return JsonResponse({"version": draft.version if draft else 0})


@policy("ticket.write")
@require_POST
def discard_draft(request: Request, number: int) -> HttpResponse:
    """Forget what was being written, and show an empty composer."""
    ticket = get_ticket(request.user, number)
    actions.discard_draft(ticket, user=request.user, public=request.POST.get("kind") != "note")
    return go(request, f"/tickets/{number}/#composer")


@policy("ticket.write")
@require_POST
def add_draft_file(request: Request, number: int) -> HttpResponse:
    """The file as the composer lists it; 422 with a reason when it cannot be taken."""
    ticket = get_ticket(request.user, number)
    form = DraftFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return HttpResponse("", status=422)
    try:
        file = actions.add_draft_file(ticket, user=request.user, public=form.public, file=form.stored_file)
    except Refused as refusal:
        return HttpResponse(refusal.words, status=422, content_type="text/plain; charset=utf-8")
    return render(request, f"{PARTS}/draft_file.html", {"ticket": ticket, "file": file, "version": file.draft.version})


@policy("ticket.write")
@require_POST
def remove_draft_file(request: Request, number: int, uuid: UUID) -> HttpResponse:
    actions.remove_draft_file(get_ticket(request.user, number), user=request.user, uuid=uuid)
    return go(request, f"/tickets/{number}/#composer") if not request.htmx else HttpResponse("")


@policy("ticket.read")
@require_GET
def draft_file(request: Request, number: int, uuid: UUID) -> FileResponse:
    """A file of a draft, which colleagues may see too: a picture as a picture, anything else as a download."""
    file = DraftFile.objects.filter(draft__ticket=get_ticket(request.user, number), uuid=uuid).first()
    if file is None:
        raise Http404
    shown = file.content_type in RASTER
    kind = file.content_type if shown else "application/octet-stream"
    response = FileResponse(file.file.open("rb"), as_attachment=not shown, filename=file.name, content_type=kind)
    response["Content-Security-Policy"] = FILE_POLICY
    return response


def _shown(draft: Draft) -> dict[str, object]:
    return {"version": draft.version, "text": draft.text, "html": draft.html}
