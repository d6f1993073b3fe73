"""/figures/level/: which of the five levels the shop gives, why, and the cheapest step to the next (S1-S3, S26)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from metrics.levels import ASSUMPTIONS, Factor, Level
from metrics.matrix import rows
from metrics.models import LevelSetting
from metrics.numbers import HOUR, words
from metrics.service import service_level
from metrics.verdict import change_cuts, history, month_names, steps, weighted
from metrics.views.asked import Asked, asked
from metrics.views.frame import frame


class CutsForm(forms.Form):
    """One number for each assumption."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, one in ASSUMPTIONS.items():
            length = one.default >= HOUR  # no other assumption is so large
            told = words(self.initial.get(key, one.default), "seconds") if length else ""
            self.fields[key] = forms.FloatField(label=one.text, min_value=0, required=False, help_text=told)


@policy("figures.read")
@require_GET
def service(request: Request) -> HttpResponse:
    """The grade of the days and the shop of the address."""
    question = asked(request)
    return _shown(request, question, _form(question))


@policy("figures.read")
@require_GET
def months(request: Request) -> HttpResponse:
    """The twelve months before, dearer than all the rest: the page asks for them once it stands."""
    question = asked(request)
    if wants_fragment(request):
        return render(request, "metrics/level.html#months", _months(question))
    return _shown(request, question, _form(question), more=_months(question))


@policy("figures.write")
@require_POST
def save_cuts(request: Request) -> HttpResponse:
    """Change our own assumptions for one shop; what is left empty keeps its value."""
    shop = Shop.objects.filter(key=request.POST.get("shop", "")).first()
    form = CutsForm(request.POST)
    if shop is None:
        form.add_error(None, _("Choose a shop first."))
    if shop is None or not form.is_valid():
        return _shown(request, asked(request), form, status=422)
    try:
        change_cuts(shop, {key: value for key, value in form.cleaned_data.items() if value is not None})
    except Refused as refused:
        form.add_error(refused.field, refused.words)
        return _shown(request, asked(request), form, status=422)
    messages.success(request, _("Saved: every month is judged by these cuts now."))
    return go(request, f"{reverse('figures-level')}?shop={shop.key}")


def _months(question: Asked) -> dict[str, Any]:
    return {"months": month_names(question.scope), "history": history(question.scope)}


def _shown(
    request: Request, question: Asked, form: CutsForm, status: int = 200, more: dict[str, Any] | None = None
) -> HttpResponse:
    graded = service_level(question.scope)
    mean = weighted({factor: graded["factors"][factor]["level"] for factor in Factor})
    pair = [graded["factors"][factor]["level"] for factor in (Factor.RESPONSE, Factor.RESOLUTION)]
    context = {
        "asked": question,
        "graded": graded,
        "rows": rows(graded),
        "mean": mean,
        "ceiling": min(pair) + 1 if None not in pair else None,
        "steps": steps(graded),
        "form": form,
        "labels": [level.label for level in Level],
        "stops": range(1, 6),
    }
    context |= frame(request, "figures-level", question) | (more or {})
    return render(request, "metrics/level.html", context, status=status)


def _form(question: Asked) -> CutsForm:
    values = {key: one.default for key, one in ASSUMPTIONS.items()}
    if question.scope.shop:
        values |= dict(LevelSetting.objects.filter(shop=question.scope.shop).values_list("key", "value"))
    return CutsForm(initial=values)
