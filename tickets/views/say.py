"""POST /tickets/<number>/say/: a reply to the customer or a note to colleagues."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.forms import SayForm
from tickets.models import Ticket
from tickets.states import State
from tickets.views.conversation import PAGE, conversation, whole_page
from tickets.views.work import next_url


@policy("ticket.write")
@require_POST
def say(request: Request, number: int) -> HttpResponse:
    """422 with the form and its errors when nothing could be said; the same submission twice says it once."""
    ticket = get_ticket(request.user, number)
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid() or not _said(request, ticket, form):
        return _form_again(request, ticket, form)
    if form.next_state == State.SOLVED:
        messages.success(request, _("#%(number)d is answered and solved.") % {"number": number})
        return go(request, next_url(request, number))
    if not wants_fragment(request):
        return go(request, f"/tickets/{number}/{_query(request)}#newest")
    fresh = conversation(request, get_ticket(request.user, number)) | {"form": SayForm()}
    return render(request, f"{PAGE}#said", fresh)


def _said(request: Request, ticket: Ticket, form: SayForm) -> bool:
    """Do it; when the action refuses, its reason becomes the form's error."""
    data, by = form.cleaned_data, Actor.agent(request.user)
    what = {"text": data["text"], "files": form.stored_files, "submission": data["submission"]}
    try:
        if data["kind"] == SayForm.Kind.NOTE:
            actions.note(ticket, by=by, **what)
        else:
            actions.reply(ticket, by=by, then=form.next_state, **what)
    except Refused as refusal:
        form.add_error(None, refusal.words)
        return False
    return True


def _form_again(request: Request, ticket: Ticket, form: SayForm) -> HttpResponse:
    if wants_fragment(request):
        context = {"ticket": ticket, "form": form, "query": _query(request), "may_write": True}
        return render(request, f"{PAGE}#composer", context, status=422)
    return render(request, PAGE, whole_page(request, ticket, form), status=422)


def _query(request: Request) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""
