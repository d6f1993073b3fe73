"""/surveys/quality/scorecards/: what we call good work, edited as a draft and then published."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from helpdesk.lib.refused import Refused
from surveys import reviews
from surveys.forms import CategoryForm, ScorecardForm
from surveys.models import Category, Scorecard, ScorecardVersion

LIST, EDITOR = "surveys/scorecards.html", "surveys/scorecard.html"
Categories = forms.inlineformset_factory(
    ScorecardVersion, Category, form=CategoryForm, extra=2, max_num=30, validate_max=True, can_delete=True
)


@policy("quality.read")
@require_GET
def scorecards(request: Request) -> HttpResponse:
    """All scorecards with their versions."""
    return _list(request, ScorecardForm())


@policy("quality.write")
@require_POST
def add_scorecard(request: Request) -> HttpResponse:
    form = ScorecardForm(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    return HttpResponseRedirect(reverse("scorecard", args=[form.save().pk]))


@policy("quality.read")
@require_GET
def scorecard(request: Request, pk: int) -> HttpResponse:
    """The version in force, and for who may write the draft as a form."""
    card = _get(pk)
    editable = may(request.user, "quality.write")
    draft = card.versions.filter(published_at=None).first()
    shown = draft or reviews.published(card) or ScorecardVersion(scorecard=card, number=1)
    return _editor(request, card, Categories(instance=shown) if editable and (draft or not shown.pk) else None)


@policy("quality.write")
@require_POST
def edit_scorecard(request: Request, pk: int) -> HttpResponse:
    """Begin a draft, a copy of the version in force."""
    reviews.draft_of(_get(pk))
    return HttpResponseRedirect(reverse("scorecard", args=[pk]))


@policy("quality.write")
@require_POST
def save_scorecard(request: Request, pk: int) -> HttpResponse:
    """Save the draft's categories."""
    card = _get(pk)
    formset = Categories(request.POST, instance=reviews.draft_of(card))
    if not formset.is_valid():
        return _editor(request, card, formset, 422)
    formset.save()
    messages.success(request, _("The draft is saved."))
    return HttpResponseRedirect(reverse("scorecard", args=[pk]))


@policy("quality.write")
@require_POST
def publish_scorecard(request: Request, pk: int) -> HttpResponse:
    """From now on reviews use the draft as it is saved."""
    try:
        version = reviews.publish(_get(pk), by=request.user)
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("Version %(number)d is published.") % {"number": version.number})
    return HttpResponseRedirect(reverse("scorecard", args=[pk]))


def _get(pk: int) -> Scorecard:
    card = Scorecard.objects.filter(pk=pk).first()
    if card is None:
        raise Http404
    return card


def _list(request: Request, form: ScorecardForm, status: int = 200) -> HttpResponse:
    cards = Scorecard.objects.prefetch_related("versions__published_by")
    context = {"scorecards": cards, "form": form, "may_write": may(request.user, "quality.write")}
    return render(request, LIST, context, status=status)


def _editor(request: Request, card: Scorecard, formset: Any, status: int = 200) -> HttpResponse:
    published = reviews.published(card)
    context = {
        "scorecard": card,
        "formset": formset,
        "published": published,
        "categories": list(published.categories.all()) if published else [],
        "may_write": may(request.user, "quality.write"),
    }
    return render(request, EDITOR, context, status=status)
