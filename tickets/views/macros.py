"""/tickets/<number>/macros/: prepared answers for this ticket, found by their words, shown with what they would do."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.refused import Refused
from tickets import macros
from tickets.access import get_message, get_ticket

PAGE = "tickets/macros.html"
WORDS = 100


@policy("ticket.write")
@require_GET
def find_macros(request: Request, number: int) -> HttpResponse:
    """`?q=` narrows. A fragment for the composer's menu, a page without a script."""
    ticket = get_ticket(request.user, number)
    words = request.GET.get("q", "").replace("\0", "")[:WORDS]
    found = [macros.prepare(one, ticket, user=request.user) for one in macros.search(ticket, request.user, words)]
    context = {"ticket": ticket, "found": found, "words": words}
    if wants_fragment(request):
        return render(request, f"{PAGE}#menu", context)
    return render(request, PAGE, context)


@policy("ticket.write")
@require_POST
def use_macro(request: Request, number: int, pk: int) -> HttpResponse:
    """Say it and do it at once; what it asks for is posted as value-<name>."""
    ticket = get_ticket(request.user, number)
    macro = macros.visible_to(request.user).filter(pk=pk).first()
    if macro is None:
        raise Http404
    values = {name.removeprefix("value-"): text for name, text in request.POST.items() if name.startswith("value-")}
    try:
        macros.use(macro, ticket, user=request.user, values={name: str(text) for name, text in values.items()})
    except Refused as refusal:
        messages.error(request, refusal.words)
        return redirect("find-macros", number)
    messages.success(request, _("“%(name)s” is said and done.") % {"name": macro.name})
    return redirect("ticket", number)


@policy("macro.write")
@require_POST
def keep_as_macro(request: Request, pk: int) -> HttpResponse:
    """Make a macro of one's own out of a reply, and open it."""
    message = get_message(request.user, pk)
    name = message.ticket.subject or _("Reply of #%(number)d") % {"number": message.ticket_id}
    try:
        made = macros.from_reply(message, by=request.user, name=name)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return redirect("ticket", message.ticket_id)
    return redirect("edit-macro", made.pk)
