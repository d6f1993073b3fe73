"""/promises/: reply times that were not kept, each with an apology to send, and what we announce against what we do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import User
from helpdesk.lib.refused import Refused
from tickets import actions, audit
from tickets.actors import Actor
from tickets.models import Promise, Ticket
from tickets.states import State
from tickets.views.clock import exact, moment, span

PAGE_SIZE = 30


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that was not kept, and the words to say so."""

    promise: Promise
    due: str
    due_exact: str
    late: str
    apology: str

    @property
    def menu(self) -> str:
        """The id of the popover that holds the apology."""
        return f"apology-{self.promise.pk}"


@dataclass(frozen=True, slots=True)
class Audited:
    """An announcement with its lengths of time in words."""

    of: audit.Announcement
    claim: str
    average: str
    median: str
    p80: str


@policy("ticket.read")
@require_GET
def promises(request: Request) -> HttpResponse:
    """The newest broken promises of the tickets that this user may see, and for managers the audit."""
    now = timezone.now()
    page = Paginator(_broken(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "broken": [_shown(one, now) for one in page],
        "audit": _audited(now) if may(request.user, "figures.read") else [],
        "greetings": audit.voicemail_greetings(now) if may(request.user, "figures.read") else [],
        "may_write": may(request.user, "ticket.write"),
    }
    return render(request, "tickets/promises.html", context)


@policy("ticket.write")
@require_POST
def apologise(request: Request, pk: int) -> HttpResponse:
    """Send the apology as a reply; the promise leaves the list."""
    promise = get_object_or_404(_broken(request.user), pk=pk)
    try:
        actions.apologise(promise, by=Actor.agent(request.user), text=request.POST.get("text", ""))
    except Refused as refusal:
        messages.error(request, refusal.words)
    else:
        messages.success(request, _("Sent, with our apologies."))
    return redirect("promises")


def _broken(user: User) -> QuerySet[Promise]:
    mine = Ticket.objects.visible_to(user).present().exclude(state=State.CLOSED).values("pk")
    rows = Promise.objects.filter(kept=False, apology=None, ticket__in=mine)
    return rows.select_related("ticket__customer", "ticket__shop").order_by("-due_at", "-pk")


def _audited(now: datetime) -> list[Audited]:
    rows = audit.announcements(now)
    return [
        Audited(one, _length(one.claim), _length(one.average), _length(one.median), _length(one.p80)) for one in rows
    ]


def _length(seconds: float | None) -> str:
    return "—" if seconds is None else span(timedelta(seconds=seconds))


def _shown(promise: Promise, now: datetime) -> Broken:
    ticket = promise.ticket
    waiting = ticket.waiting_since is not None
    late = _("still waiting, %(late)s late") % {"late": span(now - promise.due_at)} if waiting else _("answered late")
    with translation.override(ticket.language or ticket.shop.default_language):
        apology = _(
            "Hello,\n\nWe had told you: a reply %(promised)s. We did not keep our word, and you had to wait longer "
            "than announced. We are sorry.\n\n"
        ) % {"promised": promise.text}
    return Broken(promise, moment(promise.due_at, now), exact(promise.due_at), late, apology)
