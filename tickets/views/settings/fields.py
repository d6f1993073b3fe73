"""/settings/fields/: the shop's own fields on every ticket."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from tickets.models import CustomField
from tickets.views.settings import shell

PAGE = "settings/fields.html"
NAMES = ("key", "label", "kind", "required_to_solve", "position", "shop")


class FieldForm(forms.Form):
    pk = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("Label"), max_length=80)
    key = forms.SlugField(label=gettext_lazy("Key (for the API and rules)"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=CustomField.Kind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices, one a line"), required=False, max_length=5000, widget=forms.Textarea({"rows": 4})
    )
    required_to_solve = forms.BooleanField(label=gettext_lazy("Needed to solve"), required=False)
    shop = forms.ModelChoiceField(Shop.objects.all(), label=gettext_lazy("Shop"), required=False, empty_label="—")
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, max_value=1000, initial=0)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["choices"] = [line.strip() for line in data.get("choices", "").splitlines() if line.strip()]
        if data.get("kind") == CustomField.Kind.CHOICE and not data["choices"]:
            self.add_error("choices", _("Give at least one choice."))
        taken = CustomField.objects.filter(key=data.get("key", "")).exclude(pk=data.get("pk") or 0)
        if taken.exists():
            self.add_error("key", _("Another field has this key."))
        return data


@policy("settings.write")
@require_GET
def fields(request: Request) -> HttpResponse:
    """All of them; `?edit=` opens one."""
    asked = request.GET.get("edit", "")
    whole = asked.isascii() and asked.isdigit() and len(asked) < 10
    found = CustomField.objects.filter(pk=int(asked)).first() if whole else None
    start = {name: getattr(found, name) for name in ("pk", *NAMES)} if found else {}
    return _page(request, FieldForm(initial=start | ({"choices": "\n".join(found.choices)} if found else {})), found)


@policy("settings.write")
@require_POST
def save_field(request: Request) -> HttpResponse:
    form = FieldForm(request.POST)
    if not form.is_valid():
        return _page(request, form, None, status=422)
    pk = form.cleaned_data.pop("pk")
    found = get_object_or_404(CustomField, pk=pk) if pk else CustomField()
    for name, value in form.cleaned_data.items():
        setattr(found, name, value)
    found.save()
    messages.success(request, _("Saved."))
    return redirect("settings-fields")


@policy("settings.write")
@require_POST
def delete_field(request: Request) -> HttpResponse:
    """The field is no longer asked for; what tickets hold of it stays with them."""
    pk = request.POST.get("pk", "")
    whole = pk.isascii() and pk.isdigit() and len(pk) < 10
    CustomField.objects.filter(pk=int(pk) if whole else 0).delete()
    messages.success(request, _("Deleted. What tickets hold of it stays with them."))
    return redirect("settings-fields")


def _page(request: Request, form: FieldForm, found: CustomField | None, status: int = 200) -> HttpResponse:
    context = {"fields": CustomField.objects.select_related("shop"), "form": form, "found": found}
    return render(request, PAGE, context | shell(request, "settings-fields"), status=status)
