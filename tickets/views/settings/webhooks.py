"""/settings/webhooks/: addresses of the shop's developers, and what became of each delivery."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from tickets import webhooks
from tickets.models import EventKind, Webhook, WebhookDelivery
from tickets.views.settings import shell

PAGE = "settings/webhooks.html"
NEW = "new"
LOG = 50


class WebhookForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    url = forms.URLField(label=gettext_lazy("Address"), max_length=500, assume_scheme="https")
    shop = forms.ModelChoiceField(
        label=gettext_lazy("Shop"), queryset=Shop.objects.all(), required=False, empty_label=gettext_lazy("every shop")
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=EventKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    active = forms.BooleanField(label=gettext_lazy("Active"), required=False, initial=True)


@policy("settings.write")
@require_GET
def webhooks_list(request: Request) -> HttpResponse:
    log = WebhookDelivery.objects.select_related("webhook", "event")[:LOG]
    return _page(request, {"rows": Webhook.objects.select_related("shop"), "log": log})


@policy("settings.write")
@require_GET
def edit_webhook(request: Request, key: str) -> HttpResponse:
    row = _row(key)
    initial = {"name": row.name, "url": row.url, "shop": row.shop, "events": row.events, "active": row.active}
    return _page(request, {"webhook": row, "form": WebhookForm(initial=initial), "key": key})


@policy("settings.write")
@require_POST
def save_webhook(request: Request, key: str) -> HttpResponse:
    """A new one gets a secret, shown this once."""
    row, form = _row(key), WebhookForm(request.POST)
    if not form.is_valid():
        return _page(request, {"webhook": row, "form": form, "key": key}, 422)
    secret = webhooks.new_secret(row) if row._state.adding or "renew" in request.POST else ""
    for name, value in form.cleaned_data.items():
        setattr(row, name, value)
    row.save()
    if secret:
        return _page(request, {"webhook": row, "secret": secret})
    messages.success(request, _("Saved."))
    return redirect("settings-webhooks")


@policy("settings.write")
@require_POST
def delete_webhook(request: Request, key: str) -> HttpResponse:
    if key != NEW:
        _row(key).delete()
    return redirect("settings-webhooks")


@policy("settings.write")
@require_POST
def retry_delivery(request: Request, pk: int) -> HttpResponse:
    """Try a hopeless delivery again."""
    webhooks.retry(get_object_or_404(WebhookDelivery, pk=pk))
    return redirect("settings-webhooks")


def _page(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, PAGE, context | shell(request, "settings-webhooks"), status=status)


def _row(key: str) -> Webhook:
    if key == NEW:
        return Webhook(active=True)
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(Webhook, pk=int(key))
