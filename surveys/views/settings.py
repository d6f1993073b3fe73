"""/settings/surveys/: which questions each shop asks, and when."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import Shop
from surveys.forms import PolicyForm
from surveys.models import Kind, SurveyPolicy, When
from surveys.policy import settle

FIRST_TIMES = {Kind.POST_PURCHASE: When.ORDER, Kind.CES: When.WITH_CSAT}


@policy("settings.read")
@require_GET
def survey_settings(request: Request) -> HttpResponse:
    """One form a question; ?shop chooses among several shops."""
    shop = Shop.objects.filter(key=request.GET.get("shop", "")).first() or Shop.objects.first()
    return _page(request, shop)


@policy("settings.write")
@require_POST
def save_survey_policy(request: Request, shop: str, kind: str) -> HttpResponse:
    """Save one question's policy."""
    found = get_object_or_404(Shop, key=shop)
    if kind not in Kind.values:
        raise Http404
    form = PolicyForm(request.POST, instance=_policy(found, Kind(kind)), prefix=kind)
    if not form.is_valid():
        return _page(request, found, form, 422)
    settle(form.instance, timezone.now())
    form.save()
    messages.success(request, _("The question’s settings are saved."))
    return HttpResponseRedirect(f"{reverse('survey-settings')}?shop={found.key}")


def _page(request: Request, shop: Shop | None, wrong: PolicyForm | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "shop": shop,
        "shops": Shop.objects.all(),
        "forms": _forms(shop, wrong) if shop else [],
        "may_write": may(request.user, "settings.write"),
    }
    return render(request, "surveys/settings.html", context, status=status)


def _forms(shop: Shop, wrong: PolicyForm | None) -> list[tuple[str, str, PolicyForm]]:
    forms = []
    for kind in Kind:
        form = PolicyForm(instance=_policy(shop, kind), prefix=kind.value)
        if wrong is not None and wrong.prefix == kind.value:
            form = wrong
        forms.append((kind.value, str(kind.label), form))
    return forms


def _policy(shop: Shop, kind: Kind) -> SurveyPolicy:
    """The stored one, else what a first one would be: off."""
    known = SurveyPolicy.objects.filter(shop=shop, kind=kind).first()
    return known or SurveyPolicy(shop=shop, kind=kind, when=FIRST_TIMES.get(kind, When.SOLVED))
