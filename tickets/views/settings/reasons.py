"""/settings/reasons/: why customers write, in two levels; vague names are refused, doubles made one (S101, S102)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from faq.frame import language_name
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.models import Reason
from tickets.solving import vague
from tickets.views.settings import shell

PAGE = "settings/reasons.html"


class ReasonEditForm(forms.Form):
    pk = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    what = forms.CharField(label=gettext_lazy("What it is about"), max_length=80)
    why = forms.CharField(label=gettext_lazy("Why it happened"), max_length=120)
    polarity = forms.TypedChoiceField(
        label=gettext_lazy("It is"), choices=Reason._meta.get_field("polarity").choices or [], coerce=int, initial=0
    )
    archived = forms.BooleanField(label=gettext_lazy("No longer offered"), required=False)

    def __init__(self, data: Any = None, *, reason: Reason | None = None) -> None:
        """With two fields more for each further language in which our shops speak to customers."""
        self.languages = further_languages()
        kept = ("pk", "what", "why", "polarity", "archived")
        initial: dict[str, Any] = {name: getattr(reason, name) for name in kept} if reason else {}
        for code in self.languages:
            told = reason.in_language(code) if reason else ("", "")
            own = (reason.what, reason.why) if reason else ("", "")
            for name, words, ours in zip(("what", "why"), told, own, strict=True):
                initial[f"{name}_{code}"] = words if words != ours else ""
        super().__init__(data, initial=initial)
        for code in self.languages:
            for name, longest in (("what", 80), ("why", 120)):
                label = f"{self.fields[name].label} ({language_name(code)})"
                self.fields[f"{name}_{code}"] = forms.CharField(label=label, required=False, max_length=longest)

    def translated(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"what_{code}"], self[f"why_{code}"]) for code in self.languages]

    def values(self) -> dict[str, Any]:
        """As actions.save_reason takes them."""
        given = self.cleaned_data
        names = {code: {name: given[f"{name}_{code}"] for name in ("what", "why")} for code in self.languages}
        return {name: given[name] for name in ("what", "why", "polarity", "archived")} | {"names": names}


def further_languages() -> list[str]:
    """Those of our shops, without the house's own: the first of the first shop."""
    spoken = [code for shop in Shop.objects.order_by("pk") for code in shop.languages]
    return sorted(set(spoken) - set(spoken[:1]))


class MergeReasonsForm(forms.Form):
    reason = forms.ModelChoiceField(
        Reason.objects.all(), label=gettext_lazy("This reason"), empty_label=gettext_lazy("Choose…")
    )
    into = forms.ModelChoiceField(
        Reason.objects.filter(archived=False),
        label=gettext_lazy("becomes part of"),
        empty_label=gettext_lazy("Choose…"),
    )


@policy("settings.write")
@require_GET
def reasons(request: Request) -> HttpResponse:
    """All of them; `?edit=` opens one."""
    asked = request.GET.get("edit", "")
    whole = asked.isascii() and asked.isdigit() and len(asked) < 10
    found = Reason.objects.filter(pk=int(asked)).first() if whole else None
    return _page(request, ReasonEditForm(reason=found), found)


@policy("settings.write")
@require_POST
def save_reason(request: Request) -> HttpResponse:
    form = ReasonEditForm(request.POST)
    found = (
        get_object_or_404(Reason, pk=form.cleaned_data["pk"]) if form.is_valid() and form.cleaned_data["pk"] else None
    )
    if form.is_valid():
        try:
            actions.save_reason(found or Reason(), **form.values())
        except Refused as refusal:
            form.add_error(refusal.field, refusal.words)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-reasons")
    return _page(request, form, found, status=422)


@policy("settings.write")
@require_POST
def merge_reasons(request: Request) -> HttpResponse:
    form = MergeReasonsForm(request.POST)
    if form.is_valid():
        try:
            moved = actions.merge_reasons(form.cleaned_data["reason"], into=form.cleaned_data["into"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.words)
        else:
            messages.success(request, _("%(n)d tickets moved.") % {"n": moved})
            return redirect("settings-reasons")
    return _page(request, ReasonEditForm(), None, merging=form, status=422)


def _page(
    request: Request,
    form: ReasonEditForm,
    found: Reason | None,
    *,
    merging: MergeReasonsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = Reason.objects.annotate(n=Count("tickets")).order_by("what", "why")
    context: dict[str, Any] = {
        "reasons": [(one, vague(one.why)) for one in rows],
        "form": form,
        "found": found,
        "merging": merging or MergeReasonsForm(),
    }
    return render(request, PAGE, context | shell(request, "settings-reasons"), status=status)
