"""/surveys/quality/: reviews, samples to review, and the form beside the conversation."""

from statistics import fmean
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import User
from helpdesk.lib.refused import Refused
from surveys import reviews
from surveys.forms import SampleForm
from surveys.keyset import page_of
from surveys.models import Review, Sample, ScorecardVersion
from surveys.quality import internal_quality_score
from tickets.access import get_ticket
from tickets.models import Ticket
from tickets.views.thread import thread_of

PAGE_SIZE = 50
SAMPLES_SHOWN = 5
NOT_APPLICABLE = "na"


@policy("quality.read")
@require_GET
def quality(request: Request) -> HttpResponse:
    """The reviews that this user may read, their mean, and for leads the samples that wait."""
    return _page(request, SampleForm())


@policy("quality.review")
@require_POST
def draw_sample(request: Request) -> HttpResponse:
    """Draw some of a colleague's solved tickets at random."""
    form = SampleForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    sample = reviews.draw(by=request.user, zone=request.user.timezone, **form.cleaned_data)
    words = _("%(n)d of %(pool)d tickets drawn.") % {"n": len(sample.tickets), "pool": sample.drawn_from}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("quality"))


@policy("quality.review")
@require_GET
def review(request: Request, number: int) -> HttpResponse:
    """The review form beside the conversation; ?agent whose work, ?sample where it was drawn."""
    return _review_page(request, get_ticket(request.user, number))


@policy("quality.review")
@require_POST
def save_review(request: Request, number: int) -> HttpResponse:
    """Take the marks; a second review by the same person replaces the first."""
    ticket = get_ticket(request.user, number)
    agent, version = _agent(request, ticket), _version(request)
    try:
        if agent is None or version is None:
            raise Refused("version", _("A score needs a published scorecard version."))
        reviews.review(ticket, agent=agent, by=request.user, version=version, **_marks(request, version))
    except Refused as refused:
        return _review_page(request, ticket, {"wrong": refused.field, "words": refused.words}, 422)
    messages.success(request, _("The review is saved."))
    return HttpResponseRedirect(f"{reverse('review', args=[number])}?agent={agent.pk}")


def _page(request: Request, form: SampleForm, status: int = 200) -> HttpResponse:
    seen = reviews.visible_reviews(request.user)
    rows = seen.select_related("ticket", "agent", "reviewer", "version__scorecard")
    context: dict[str, Any] = {
        "page": page_of(rows, "at", request.GET.get("after", ""), size=PAGE_SIZE),
        "score": internal_quality_score(seen.values_list("score", flat=True)),
        "count": seen.count(),
        "may_review": may(request.user, "quality.review"),
        "may_write": may(request.user, "quality.write"),
        "form": form,
        "has_scorecard": reviews.versions_in_force().exists(),
    }
    if context["may_review"]:
        apart = reviews.apart(seen)
        context |= {"twice": len(apart), "apart": fmean(apart) if apart else None}
        context["samples"] = [_tasks(sample) for sample in _samples(request.user)]
    return render(request, "surveys/quality.html", context, status=status)


def _samples(user: User) -> list[Sample]:
    drawn = Sample.objects.filter(drawn_by=user).select_related("agent").prefetch_related("reviews")
    return list(drawn[:SAMPLES_SHOWN])


def _tasks(sample: Sample) -> dict[str, Any]:
    done = {one.ticket_id for one in sample.reviews.all()}
    return {"sample": sample, "tickets": [(number, number in done) for number in sample.tickets]}


def _review_page(
    request: Request, ticket: Ticket, extra: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    agent, version = _agent(request, ticket), _version(request)
    mine = Review.objects.filter(ticket=ticket, agent=agent, reviewer=request.user).first() if agent else None
    context = {
        "ticket": ticket,
        "entries": thread_of(ticket, timezone.now(), contact=may(request.user, "customer.contact")),
        "agents": reviews.agents_of(ticket),
        "agent": agent,
        "version": version,
        "versions": reviews.versions_in_force(),
        "rows": _rows(request, version, mine) if version else [],
        "mine": mine,
        "sample": _number(request, "sample"),
        # Whoever has not judged yet must not see how others did.
        "calibration": reviews.calibration(ticket, agent) if agent and mine else None,
    }
    return render(request, "surveys/review.html", context | (extra or {}), status=status)


def _rows(request: Request, version: ScorecardVersion, mine: Review | None) -> list[dict[str, Any]]:
    """Each category with its steps and the one that is chosen: as just posted, else as saved."""
    saved = {mark.category_id: mark.value for mark in mine.marks.all()} if mine else {}
    rows = []
    for one in version.categories.all():
        kept = "" if one.pk not in saved else NOT_APPLICABLE if saved[one.pk] is None else str(saved[one.pk])
        chosen = request.POST.get(f"category-{one.pk}", kept)
        rows.append({"category": one, "steps": [str(n) for n in range(one.least, one.most + 1)], "chosen": chosen})
    return rows


def _marks(request: Request, version: ScorecardVersion) -> dict[str, Any]:
    values: dict[int, int | None] = {}
    for category in version.categories.all():
        given = request.POST.get(f"category-{category.pk}", "")
        if given != NOT_APPLICABLE and not (given.isascii() and given.isdecimal() and len(given) < 5):
            raise Refused(f"category-{category.pk}", _("%(name)s: choose a mark or N/A.") % {"name": category.name})
        values[category.pk] = None if given == NOT_APPLICABLE else int(given)
    sample = Sample.objects.filter(pk=_number(request, "sample") or 0, drawn_by=request.user).first()
    return {"values": values, "comment": request.POST.get("comment", "")[:4000], "sample": sample}


def _agent(request: Request, ticket: Ticket) -> User | None:
    """Whose work: as asked, else who answered first and is not the reviewer."""
    agents = reviews.agents_of(ticket)
    asked = _number(request, "agent")
    return (agents.filter(pk=asked).first() if asked else None) or agents.exclude(pk=request.user.pk).first()


def _version(request: Request) -> ScorecardVersion | None:
    versions = reviews.versions_in_force()
    asked = _number(request, "version")
    return (versions.filter(pk=asked).first() if asked else None) or versions.first()


def _number(request: Request, name: str) -> int | None:
    text = request.POST.get(name) or request.GET.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
