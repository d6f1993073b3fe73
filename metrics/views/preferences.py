"""/figures/settings/: what a shop decides about its figures, each with what it changes."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from channels_app.models import ChannelKind
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from metrics.models import FigureSettings
from metrics.preferences import FIELDS, change_settings
from metrics.views.frame import frame

if TYPE_CHECKING:  # generic for the type checker only
    SettingsModelForm = forms.ModelForm[FigureSettings]
else:
    SettingsModelForm = forms.ModelForm


class SettingsForm(SettingsModelForm):
    """All of a shop's; what is out of bounds is said at its field."""

    relevant_channels = forms.MultipleChoiceField(
        label=gettext_lazy("channels that make sense for this shop"),
        choices=ChannelKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Accessibility is above average once somebody is answered on every one of them."),
    )

    class Meta:
        model = FigureSettings
        fields = FIELDS


@policy("figures.read")
@require_GET
def settings(request: Request) -> HttpResponse:
    shop = _shop(request.GET.get("shop", ""))
    return _shown(request, shop, SettingsForm(instance=_kept(shop)))


@policy("figures.write")
@require_POST
def save_settings(request: Request) -> HttpResponse:
    shop = _shop(request.POST.get("shop", ""))
    form = SettingsForm(request.POST, instance=_kept(shop))
    if shop is None or not form.is_valid():
        return _shown(request, shop, form, status=422)
    try:
        change_settings(shop, **form.cleaned_data)
    except Refused as refused:
        form.add_error(refused.field, refused.words)
        return _shown(request, shop, form, status=422)
    messages.success(request, _("Saved: the figures follow from now on."))
    return go(request, f"{reverse('figures-settings')}?shop={shop.key}")


def _shop(key: str) -> Shop | None:
    shops = Shop.objects.order_by("name")
    return (shops.filter(key=key) if key else shops).first()


def _kept(shop: Shop | None) -> FigureSettings:
    found = FigureSettings.objects.filter(shop=shop).first() if shop else None
    return found or FigureSettings(shop=shop)


def _shown(request: Request, shop: Shop | None, form: SettingsForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "shop": shop, "shops": Shop.objects.order_by("name")}
    return render(request, "metrics/settings.html", context | frame(request, "figures-settings"), status=status)
