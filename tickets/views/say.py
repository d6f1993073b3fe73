"""POST /tickets/<number>/say/: a reply to the customer or a note to colleagues. .../take-back/: not yet, after all."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import may, policy
from accounts.http import Request
from channels_app.base import Address
from channels_app.foreign.html_text import html_to_text
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions, macros
from tickets.access import get_message, get_ticket
from tickets.actors import Actor
from tickets.forms import SayForm
from tickets.models import Message, Ticket
from tickets.states import State
from tickets.views.coach import check_words
from tickets.views.composer import composer, drafts_of, others_of
from tickets.views.conversation import PAGE, PARTS, conversation, whole_page
from tickets.views.listing import way_back_to_list
from tickets.views.reading import Reading
from tickets.views.thread import overtaking, takeable_until
from tickets.views.work import next_url


@policy("ticket.write")
@require_POST
def say(request: Request, number: int) -> HttpResponse:
    """422 with the form and its errors when nothing could be said; the same submission twice says it once."""
    ticket = get_ticket(request.user, number)
    form = SayForm(request.POST, request.FILES)
    try:
        said = _said(request, ticket, form) if form.is_valid() else None
    except actions.Overtaken as held:
        return _form_again(request, ticket, _knowing(request, held.newer[-1]), newer=held.newer)
    if said is None:
        return _form_again(request, ticket, form)
    if form.goes_on:
        return _go_on(request, number, said)
    if not wants_fragment(request):
        return go(request, f"/tickets/{number}/{way_back_to_list(request)}#newest")
    reading = Reading(get_ticket(request.user, number), request.user)
    return render(request, f"{PARTS}/said.html", conversation(request, reading) | composer(request, reading))


@policy("ticket.write")
@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """Stop a reply that has not left, and open its draft; of a letter to a third party the form that it came from."""
    message, by = get_message(request.user, pk), Actor.agent(request.user)
    aside = message.side_id is not None
    if aside and not may(request.user, "side.write"):
        raise PermissionDenied
    try:
        (actions.withdraw if aside else actions.take_back)(message, by=by)
    except Refused as refusal:
        messages.error(request, refusal.words)
        aside = False
    page = reverse("forward", args=[message.ticket_id, pk]) if aside else f"/tickets/{message.ticket.survivor().pk}/"
    return go(request, f"{page}{way_back_to_list(request)}#composer")


def _said(request: Request, ticket: Ticket, form: SayForm) -> Message | None:
    """Do it; when the action refuses, its reason becomes the form's error."""
    data, by = form.cleaned_data, Actor.agent(request.user)
    draft = drafts_of(ticket, request.user).get(data["kind"])
    files = [*form.stored_files, *actions.files_of(draft, data["html"])]
    words = {"text": data["text"], "html": data["html"], "files": files, "submission": data["submission"]}
    try:
        with transaction.atomic():
            if data["reason"]:
                actions.choose_reason(ticket, to=data["reason"], by=by)
            if data["kind"] == SayForm.Kind.NOTE:
                said = actions.note(ticket, by=by, **words)
            else:
                check_words(ticket, data["text"] or html_to_text(data["html"]))
                cc, bcc = _copies(request, ticket, form)
                said = actions.reply(
                    ticket,
                    by=by,
                    then=form.next_state,
                    undoable=True,
                    cc=cc,
                    bcc=bcc,
                    leaves_at=data["leaves_at"],
                    seen=data["seen"],
                    **words,
                )
                _carry_out(request, ticket, said, form)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.words)
        return None
    actions.discard_draft(ticket, user=request.user, public=said.public)
    return said


def _carry_out(request: Request, ticket: Ticket, said: Message, form: SayForm) -> None:
    """Do the steps of the macro that the reply began with, once."""
    pk = form.cleaned_data["macro"]
    macro = macros.visible_to(request.user).filter(pk=pk).first() if pk else None
    if macro is not None and not macro.uses.filter(message=said).exists():
        macros.carry_out(macro, ticket, user=request.user, message=said, chosen=form.next_state)


def _copies(request: Request, ticket: Ticket, form: SayForm) -> tuple[list[Address], list[Address]]:
    """Who gets a copy, openly and blind; those who may not know addresses send none."""
    if not may(request.user, "customer.contact"):
        return [], []
    everyone = others_of(ticket) if form.cleaned_data["everyone"] else []
    typed = form.cleaned_data["cc"]
    return typed + [one for one in map(Address, everyone) if one not in typed], form.cleaned_data["bcc"]


def _go_on(request: Request, number: int, said: Message) -> HttpResponse:
    """To the next ticket of the list, with the way to undo in hand."""
    url = _next(request, number)
    solved = request.POST.get("then") == State.SOLVED
    words = _("#%(number)d is answered and solved.") if solved else _("#%(number)d is answered.")
    until = takeable_until(said, timezone.now())
    messages.success(request, words % {"number": number}, extra_tags=_way_back(request, said, until) if until else "")
    return go(request, url)


def _next(request: Request, number: int) -> str:
    """The next ticket of the list, or the most urgent that nobody has, taken."""
    if request.POST.get("then") == SayForm.CLAIM:
        try:
            return f"/tickets/{actions.claim_next(request.user).pk}/"
        except Refused as refusal:
            messages.info(request, refusal.words)
    return next_url(request, number)


def _way_back(request: Request, said: Message, until: datetime) -> str:
    """The address that takes the reply back and comes back to the same list; until when, for the page's countdown."""
    asked = request.GET.copy()
    asked["until"] = until.isoformat()
    return f"{reverse('take-back', args=[said.pk])}?{asked.urlencode()}"


def _knowing(request: Request, newest: Message) -> SayForm:
    """The same form, whose author now knows the newest message: sent again, it goes."""
    data = request.POST.copy()
    data["seen"] = str(newest.pk)
    return SayForm(data)


def _form_again(request: Request, ticket: Ticket, form: SayForm, newer: Sequence[Message] = ()) -> HttpResponse:
    """What was typed, with what is wrong with it or what its author has not read yet."""
    again = {"newer": overtaking(newer, request.user), "then": request.POST.get("then", "")} if newer else {}
    reading = Reading(ticket, request.user)
    if wants_fragment(request):
        return render(request, f"{PARTS}/composer.html", composer(request, reading, form) | again, status=422)
    return render(request, PAGE, whole_page(request, reading, form) | again, status=422)
