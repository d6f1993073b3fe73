"""/figures/goals/: what figures should be, of the shop, of teams and of people."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop, Team, User
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from metrics import goals as actions
from metrics.answers import AT_ONCE
from metrics.kpis import KPIS
from metrics.models import Goal
from metrics.refresh import catch_up
from metrics.views.asked import NO_CHOICE
from metrics.views.frame import frame

UNITS = {"seconds": _("minutes"), "percent": "%"}


def _figures() -> list[tuple[str, str]]:
    return [
        (slug, f"{kpi.label} ({UNITS[kpi.unit]})" if kpi.unit in UNITS else str(kpi.label))
        for slug, kpi in KPIS.items()
        if kpi.better
    ]


class GoalForm(forms.Form):
    """A target is written in minutes where the figure is a length."""

    shop = forms.ModelChoiceField(Shop.objects.order_by("name"), label=_("shop"), empty_label=None)
    slug = forms.ChoiceField(choices=_figures, label=_("figure"))
    target = forms.FloatField(label=_("target"), min_value=0)
    every = forms.ChoiceField(choices=Goal.Every.choices, initial=Goal.Every.MONTH, label=_("period"))
    team = forms.ModelChoiceField(Team.objects.order_by("name"), required=False, label=_("team"), empty_label=NO_CHOICE)
    person = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("first_name"),
        required=False,
        label=_("colleague"),
        empty_label=NO_CHOICE,
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("slug") in KPIS and KPIS[found["slug"]].unit == "seconds" and "target" in found:
            found["target"] *= 60
        return found


@policy("figures.read")
@require_GET
def goals(request: Request) -> HttpResponse:
    """Every goal with the figure of its running period."""
    return _shown(request, GoalForm())


@policy("figures.write")
@require_POST
def add_goal(request: Request) -> HttpResponse:
    form = GoalForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    try:
        actions.set_goal(**form.cleaned_data, by=request.user)
    except Refused as refused:
        form.add_error(refused.field, refused.words)
        return _shown(request, form, status=422)
    return go(request, "/figures/goals/")


@policy("figures.write")
@require_POST
def drop_goal(request: Request, pk: int) -> HttpResponse:
    actions.drop_goal(get_object_or_404(Goal, pk=pk))
    return go(request, "/figures/goals/")


def _shown(request: Request, form: GoalForm, status: int = 200) -> HttpResponse:
    catch_up(AT_ONCE)
    context = {"form": form, "standings": actions.standings(None)}
    return render(request, "metrics/goals.html", context | frame(request, "figures-goals"), status=status)
