"""Side conversations: a message is forwarded to a third party, who is then answered beside the customer."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app.base import File
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_message, get_side, get_ticket
from tickets.actors import Actor
from tickets.forms import AsideForm, WordsForm
from tickets.models import Author, Delivery, Message, SideThread, Ticket
from tickets.views.clock import exact
from tickets.views.composer import composer
from tickets.views.conversation import PAGE, PARTS, conversation, whole_page
from tickets.views.reading import Reading


@policy("side.write")
@require_GET
def forward(request: Request, number: int, pk: int) -> HttpResponse:
    """The form that sends a message on: its words quoted, its files with it. For an automatic letter of ours what the
    customer said last: a third party has no use for the letter. What was taken back stands in it as it was."""
    ticket, message = get_ticket(request.user, number), get_message(request.user, pk)
    if message.ticket_id != number:
        raise Http404
    if message.side is not None and message.delivery == Delivery.CANCELLED:
        return _form(request, ticket, AsideForm(initial=_again(message, message.side)))
    if message.author == Author.AUTO:
        message = ticket.messages.filter(author=Author.CUSTOMER).last() or message
    start = {"subject": f"Fwd: {message.subject or ticket.subject}", "text": _quoted(message), "origin": message.pk}
    return _form(request, ticket, AsideForm(initial=start | {"with_files": True}))


@policy("side.write")
@require_POST
def start_side(request: Request, number: int) -> HttpResponse:
    """422 with the form when something is missing."""
    ticket = get_ticket(request.user, number)
    form = AsideForm(request.POST, request.FILES)
    if not form.is_valid() or not _started(request, ticket, form):
        return _form(request, ticket, form, status=422)
    if not wants_fragment(request):
        return go(request, f"/tickets/{number}/#newest")
    reading = Reading(get_ticket(request.user, number), request.user)
    return render(request, f"{PARTS}/said.html", conversation(request, reading) | composer(request, reading))


@policy("side.write")
@require_POST
def answer_side(request: Request, pk: int) -> HttpResponse:
    """Write to the third party again; nothing said changes nothing. For htmx that conversation, ready to go on.

    422 with the words and what is wrong with them."""
    side = get_side(request.user, pk)
    form = WordsForm(request.POST, request.FILES)
    said = form.is_valid() and _answered(request, side, form)
    if said and not wants_fragment(request):
        return go(request, f"/tickets/{side.ticket_id}/#side-{side.pk}")
    reading = Reading(get_ticket(request.user, side.ticket_id), request.user)
    unsaid = {} if said else {"unsaid": form, "unsaid_in": side.pk}
    if not wants_fragment(request):
        return render(request, PAGE, whole_page(request, reading) | unsaid, status=422)
    context = conversation(request, reading)
    (entry,) = (one for one in context["entries"] if one.kind == "side" and one.id == side.pk)
    context |= {"entry": entry, "writing": True, **unsaid}
    return render(request, f"{PARTS}/aside.html", context, status=200 if said else 422)


def _started(request: Request, ticket: Ticket, form: AsideForm) -> bool:
    data = form.cleaned_data
    origin, again = (ticket.messages.filter(pk=data[name] or 0).first() for name in ("origin", "again"))
    files = [*form.stored_files, *(_files(again or origin) if data["with_files"] else [])]
    words = {name: data[name] for name in ("text", "html", "submission")} | {"files": files, "undoable": True}
    by, side = Actor.agent(request.user), again.side if again else None
    try:
        if side and (side.party, side.subject) == (data["to"], data["subject"]):
            actions.answer_side(side, by=by, **words)
        else:
            actions.start_side(ticket, by=by, to=data["to"], subject=data["subject"], origin=origin, **words)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)
        return False
    return True


def _answered(request: Request, side: SideThread, form: WordsForm) -> bool:
    words = {name: form.cleaned_data[name] for name in ("text", "html", "submission")}
    try:
        actions.answer_side(side, by=Actor.agent(request.user), files=form.stored_files, undoable=True, **words)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)
        return False
    return True


def _files(origin: Message | None) -> list[File]:
    papers = origin.attachments.all() if origin else []
    return [File(one.name, one.content_type, one.file.read()) for one in papers]


def _again(message: Message, side: SideThread) -> dict[str, Any]:
    start = {"to": side.party, "subject": side.subject, "text": message.text, "origin": side.origin_id}
    return start | {"again": message.pk, "with_files": True}


def _quoted(message: Message) -> str:
    said = _("On %(when)s, %(name)s wrote:") % {
        "when": exact(message.at),
        "name": message.user.full_name if message.user else message.from_name or _("the customer"),
    }
    return f"\n\n{said}\n" + "\n".join(f"> {line}" for line in message.visible_text.splitlines())


def _form(request: Request, ticket: Ticket, form: AsideForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"ticket": ticket, "aside": form, "origin": form["origin"].value()}
    if wants_fragment(request):
        return render(request, f"{PARTS}/forward.html", context, status=status)
    return render(request, PAGE, whole_page(request, Reading(ticket, request.user)) | context, status=status)
