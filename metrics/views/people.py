"""/figures/people/: the leaderboard and the ledger of rewards, where a shop has switched them on."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop, Team, User
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from metrics import people as actions
from metrics.answers import AT_ONCE
from metrics.goals import standings
from metrics.kpis import KPIS
from metrics.models import Reward
from metrics.ratios import settings_of
from metrics.refresh import catch_up
from metrics.views.asked import asked, shops
from metrics.views.frame import frame

SHOWN = 50


class RewardForm(forms.Form):
    """A gift of the shop to one person or one team."""

    shop = forms.ModelChoiceField(
        Shop.objects.filter(figure_settings__leaderboard=True).order_by("name"), label=_("shop"), empty_label=None
    )
    what = forms.CharField(label=_("reward"), max_length=120)
    why = forms.CharField(label=_("what for"), max_length=200, required=False)
    person = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("first_name"), required=False, label=_("colleague")
    )
    team = forms.ModelChoiceField(Team.objects.order_by("name"), required=False, label=_("team"))


@policy("figures.read")
@require_GET
def people(request: Request) -> HttpResponse:
    """One board of BOARDS for the days and filters of the address; without a shop, of the first that has one."""
    return _shown(request, RewardForm())


@policy("figures.write")
@require_POST
def add_reward(request: Request) -> HttpResponse:
    form = RewardForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    try:
        actions.reward(**form.cleaned_data, by=request.user)
    except Refused as refused:
        form.add_error(refused.field, refused.words)
        return _shown(request, form, status=422)
    return go(request, f"/figures/people/?shop={form.cleaned_data['shop'].key}")


def _shown(request: Request, form: RewardForm, status: int = 200) -> HttpResponse:
    catch_up(AT_ONCE)
    question = asked(request, shop=next((one.key for one in shops() if one.ranked), ""))
    kept = settings_of(question.scope)
    if not kept.leaderboard:
        raise Http404
    slug = question.query_of("board") if question.query_of("board") in actions.BOARDS else actions.BOARDS[0]
    context: dict[str, Any] = {
        "asked": question,
        "title": _("Leaderboard"),
        "places": actions.leaderboard(slug, question.scope),
        "least": kept.leaderboard_least,
        "boards": [KPIS[one] for one in actions.BOARDS],
        "board": KPIS[slug],
        "standings": [one for one in standings(question.scope.shop) if one.goal.person_id or one.goal.team_id],
        "rewards": Reward.objects.filter(shop=question.scope.shop).select_related("person", "team", "by")[:SHOWN],
        "form": form,
    }
    context |= frame(request, "figures-people", question)
    return render(request, "metrics/people.html", context, status=status)
