"""/surveys/: every answer with its comment, the newest first."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from surveys.forms import AnswersFilter
from surveys.keyset import page_of
from surveys.models import Kind, Survey
from surveys.models.survey import SurveyQuerySet
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.states import LIVE

PAGE_SIZE = 50
MONTH = timedelta(days=30)


@policy("survey.read")
@require_GET
def answers(request: Request) -> HttpResponse:
    """The answers about tickets that this user sees; with ?kind, score, agent, since, until fewer."""
    form = AnswersFilter(request.GET)
    form.is_valid()
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    seen = Survey.objects.visible_to(request.user).answered()
    rows = narrowed(seen, asked, request.user.timezone)
    rows = rows.select_related("ticket", "agent", "customer", "follow_up", "order", "asked_with")
    page = page_of(rows, "answered_at", request.GET.get("after", ""), size=PAGE_SIZE)
    query = {name: request.GET[name] for name in asked if name in request.GET}
    more = "?" + urlencode(query | {"after": page.more}) if page.more else ""
    context = {"page": page, "form": form, "more": more, "asked": asked, "summary": summary(seen)}
    return render(request, "surveys/answers.html", context)


@policy("ticket.write")
@require_POST
def skip_survey(request: Request, number: int) -> HttpResponse:
    """Do not ask about this ticket, for the reason given in `why`; with `solve` it is solved in the same step."""
    why = request.POST.get("why", "").strip()
    ticket = actions.skip_survey(get_ticket(request.user, number), by=Actor.agent(request.user), why=why)
    if "solve" in request.POST and ticket.state in LIVE:
        actions.solve(ticket, by=Actor.agent(request.user))
    return go(request, f"/tickets/{number}/")


def narrowed(surveys: SurveyQuerySet, asked: dict[str, Any], zone: str) -> SurveyQuerySet:
    """The answers that the filter asks for; `since` and `until` are days of the reader's zone, both included."""
    found = surveys
    for name in ("kind", "score", "agent"):
        if name in asked:
            found = found.filter(**{name: asked[name]})
    if "since" in asked:
        found = found.filter(answered_at__gte=datetime.combine(asked["since"], time(), ZoneInfo(zone)))
    if "until" in asked:
        end = asked["until"] + timedelta(days=1)
        found = found.filter(answered_at__lt=datetime.combine(end, time(), ZoneInfo(zone)))
    return found


def summary(surveys: SurveyQuerySet) -> dict[str, Any]:
    """The last thirty days of the satisfaction question: how many, how many content, the mean; a low one waits."""
    month = Q(kind=Kind.CSAT, answered_at__gte=timezone.now() - MONTH)
    figures = surveys.aggregate(
        n=Count("pk", filter=month),
        content=Count("pk", filter=month & Q(score__gte=4)),
        mean=Avg("score", filter=month),
        open=Count("follow_up", filter=Q(follow_up__closed_at=None)),
    )
    return figures | {"share": 100 * figures["content"] / figures["n"] if figures["n"] else None}
