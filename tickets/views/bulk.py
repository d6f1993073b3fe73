"""POST /bulk/: one step on the ticked tickets; /bulk/undo/ takes it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.actions.bulk import DEEDS, Outcome
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.states import State

MOST = 300
UNDO = timedelta(seconds=30)
KEPT = "bulk"  # in the session: what the last step changed


@policy("ticket.write")
@require_POST
def bulk(request: Request) -> HttpResponse:
    """Do it to each ticked ticket; say how many were done and which were refused, and offer the way back."""
    deed, _sep, to = request.POST.get("do", "").partition(":")
    tickets = _ticked(request, request.POST.getlist("ticket"))
    if deed == "tag":
        to = request.POST.get("tag", "")
    if deed == "merge" and len(tickets) > 1:
        to, tickets = str(tickets[0].pk), tickets[1:]
    if deed not in DEEDS or not tickets or (deed == "merge" and not _ticked(request, [to])):
        messages.error(request, _("Choose tickets first, then what to do with them."))
        return _back(request)
    try:
        outcome = actions.act_on_all(tickets, deed, str(request.user.pk) if to == "me" else to, by=_actor(request))
    except Refused as refusal:
        messages.error(request, refusal.words)
        return _back(request)
    _tell(request, deed, to, outcome)
    return _back(request)


@policy("ticket.write")
@require_POST
def undo_bulk(request: Request) -> HttpResponse:
    """Set the tickets of the last step back; only for as long as the offer stands, and only once."""
    kept = request.session.pop(KEPT, None)
    if kept is None or datetime.fromisoformat(kept["until"]) < timezone.now():
        messages.error(request, _("It is too late to undo that."))
        return _back(request)
    outcome = actions.take_back_all(dict(kept["done"]), by=_actor(request))
    text = ngettext("%(n)d ticket is as it was.", "%(n)d tickets are as they were.", len(outcome.done))
    messages.success(request, text % {"n": len(outcome.done)} + _refusals(outcome))
    return _back(request)


def _ticked(request: Request, given: Sequence[str]) -> list[Ticket]:
    """The tickets with these numbers that this user may see, the oldest first."""
    numbers = {int(one) for one in given[:MOST] if one.isascii() and one.isdecimal() and len(one) < 16}
    seen = Ticket.objects.visible_to(request.user).filter(pk__in=numbers)
    return list(seen.select_related("team", "reason").order_by("pk"))


def _tell(request: Request, deed: str, to: str, outcome: Outcome) -> None:
    n = len(outcome.done)
    if not n:
        words = _("Nothing changed.") + _refusals(outcome)
        (messages.error if outcome.refused else messages.info)(request, words)
        return
    until = timezone.now() + UNDO
    request.session[KEPT] = {"until": until.isoformat(), "done": list(outcome.done.items())}
    way_back = f"{reverse('undo-bulk')}?{urlencode({'until': until.isoformat()})}"
    messages.success(request, _done(deed, to, n) + _refusals(outcome), extra_tags=way_back)


def _done(deed: str, to: str, n: int) -> str:
    if deed == "state" and to == State.SOLVED:
        return ngettext("%(n)d ticket solved.", "%(n)d tickets solved.", n) % {"n": n}
    if deed == "merge":
        return ngettext("%(n)d ticket merged.", "%(n)d tickets merged.", n) % {"n": n}
    return ngettext("%(n)d ticket changed.", "%(n)d tickets changed.", n) % {"n": n}


def _refusals(outcome: Outcome) -> str:
    """ "2 refused: a closed ticket …", with the numbers of the tickets."""
    said = ""
    for why, numbers in outcome.refused.items():
        text = ngettext("%(n)d refused (%(numbers)s): %(why)s", "%(n)d refused (%(numbers)s): %(why)s", len(numbers))
        listed = ", ".join(f"#{number}" for number in numbers[:5]) + ("…" if len(numbers) > 5 else "")
        said += " " + text % {"n": len(numbers), "numbers": listed, "why": why}
    return said


def _actor(request: Request) -> Actor:
    return Actor.agent(request.user)


def _back(request: Request) -> HttpResponse:
    back = request.POST.get("back", "/")
    return go(request, back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
