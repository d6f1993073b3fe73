"""/settings/shops/: a brand, its languages and zone, what it promises, and who it is in law."""

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts import identity
from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from tickets.views.settings import shell
from tickets.views.settings.sla_form import Length

if TYPE_CHECKING:
    ShopModelForm = forms.ModelForm[Shop]
else:
    ShopModelForm = forms.ModelForm  # not subscriptable at run time

PAGE = "settings/shops.html"
NEW = 0
BRAND = ("name", "key", "languages", "timezone", "currency", "website")
PROMISE = ("acknowledges", "promised_reply")
LEGAL = (
    *("legal_name", "registration_number", "registration_place", "registered_office", "contracting_body"),
    *("vat_number", "professional_body", "legal_statements", "email", "phone"),
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


class Languages(forms.CharField):
    """Codes with commas between them, the default first."""

    def to_python(self, value: Any) -> Any:
        codes = [word.lower() for word in re.split(r"[,;\s]+", str(value or "")) if word]
        if not codes or len(codes) > 20 or not all(LANGUAGE.fullmatch(code) for code in codes):
            raise forms.ValidationError(_("Write codes of languages, for example: fr, en."))
        return list(dict.fromkeys(codes))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class ShopForm(ShopModelForm):
    languages = Languages(label=gettext_lazy("Languages"), help_text=gettext_lazy("The first is the default."))
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=gettext_lazy("Currency"),
        error_messages={"invalid": gettext_lazy("Write three capital letters, for example EUR.")},
    )
    promised_reply = Length(
        label=gettext_lazy("Promised first reply"),
        help_text=gettext_lazy("Open hours, for example 4 h. Reply targets, where there are some, count more."),
    )

    class Meta:
        model = Shop
        fields = [*BRAND, *PROMISE, *LEGAL]
        error_messages = {"key": {"unique": gettext_lazy("Another shop has this key.")}}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["key"].disabled = self.instance.pk is not None  # it stands in published addresses

    def parts(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The sections of the page: heading, what it is for, fields."""
        return [
            (_("Brand"), "", [self[name] for name in BRAND]),
            (_("Promise"), _("What a customer is told before anybody has read."), [self[name] for name in PROMISE]),
            (
                _("Who answers in law"),
                _("Shown as text in mails, on every public page and in the help centre."),
                [self[name] for name in LEGAL],
            ),
        ]


@policy("settings.write")
@require_GET
def shops(request: Request) -> HttpResponse:
    rows = [(shop, identity.missing(shop)) for shop in Shop.objects.all()]
    return render(request, PAGE, shell(request, "settings-shops") | {"shops": rows})


@policy("settings.write")
@require_GET
def edit_shop(request: Request, shop: int) -> HttpResponse:
    found = _shop(shop)
    return _form(request, found, ShopForm(instance=found))


@policy("settings.write")
@require_POST
def save_shop(request: Request, shop: int) -> HttpResponse:
    form = ShopForm(request.POST, instance=_shop(shop))
    if not form.is_valid():
        return _form(request, _shop(shop), form, status=422)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("settings-shops")


def _shop(pk: int) -> Shop:
    return Shop(languages=["fr", "en"]) if pk == NEW else get_object_or_404(Shop, pk=pk)


def _form(request: Request, found: Shop, form: ShopForm, *, status: int = 200) -> HttpResponse:
    lacks = identity.missing(found) if found.pk else []
    context = {"form": form, "parts": form.parts(), "shop": found, "number": found.pk or NEW, "missing": lacks}
    return render(request, PAGE, shell(request, "settings-shops") | context, status=status)
