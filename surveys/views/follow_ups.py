"""/surveys/follow-ups/: low scores that wait for somebody to put them right."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import User
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from surveys import follow_ups as actions
from surveys.access import get_follow_up
from surveys.forms import CloseForm
from surveys.keyset import page_of
from surveys.models import Outcome

PAGE = "surveys/follow_ups.html"
PAGE_SIZE = 50


@policy("survey.read")
@require_GET
def follow_ups(request: Request) -> HttpResponse:
    """The open ones, the soonest due first; ?closed those that are done; ?mine one's own."""
    return _page(request)


@policy("survey.follow_up")
@require_POST
def give_follow_up(request: Request, pk: int) -> HttpResponse:
    """Make a colleague responsible; without `to` oneself."""
    follow_up, to = get_follow_up(request.user, pk), request.POST.get("to", "")
    owner = (
        User.objects.filter(pk=int(to)).first() if to.isascii() and to.isdecimal() and len(to) < 19 else request.user
    )
    try:
        actions.give(follow_up, to=owner)
    except Refused as refused:
        return _page(request, {"wrong": pk, "words": refused.words}, 422)
    return go(request, reverse("follow-ups"))


@policy("survey.follow_up")
@require_POST
def close_follow_up(request: Request, pk: int) -> HttpResponse:
    """End it; without an outcome it stays open."""
    follow_up, form = get_follow_up(request.user, pk), CloseForm(request.POST)
    form.is_valid()
    given = {"outcome": form.cleaned_data.get("outcome", ""), "words": form.cleaned_data.get("words", "")}
    try:
        actions.close(follow_up, by=request.user, **given)
    except Refused as refused:
        return _page(request, {"wrong": pk, "words": refused.words, "typed": given["words"]}, 422)
    messages.success(request, _("The follow-up is closed."))
    return go(request, reverse("follow-ups"))


def _page(request: Request, extra: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    seen = actions.visible_follow_ups(request.user)
    seen = seen.select_related("owner", "closed_by", "survey__ticket", "survey__agent", "survey__customer")
    closed = "closed" in request.GET
    rows = seen.filter(closed_at__isnull=not closed)
    rows = rows.filter(owner=request.user) if "mine" in request.GET else rows
    column = "closed_at" if closed else "due_at"
    page = page_of(rows, column, request.GET.get("after", ""), size=PAGE_SIZE, falling=closed)
    now = timezone.now()
    context = {
        "page": page,
        "closed": closed,
        "outcomes": Outcome.choices,
        "late": [row.pk for row in page.rows if row.is_overdue(now)],
        "count": seen.filter(closed_at=None).count(),
        "colleagues": User.objects.filter(is_active=True),
    }
    return render(request, PAGE, context | (extra or {}), status=status)
