"""What describes a problem."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team, User
from tickets.models import Problem, Reason


class ProblemEditForm(forms.Form):
    title = forms.CharField(label=_("What goes wrong"), max_length=200)
    description = forms.CharField(
        label=_("What we know"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    shop = forms.ModelChoiceField(Shop.objects.all(), label=_("Shop"), empty_label=None)
    reason = forms.ModelChoiceField(
        Reason.objects.filter(archived=False), label=_("Reason"), required=False, empty_label="—"
    )
    sku = forms.CharField(label=_("Product (SKU)"), max_length=120, required=False)
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team that fixes it"), required=False, empty_label="—")
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True), label=_("Owner"), required=False, empty_label="—"
    )

    @classmethod
    def of(cls, problem: Problem) -> "ProblemEditForm":
        values: dict[str, Any] = {name: getattr(problem, name) for name in cls.base_fields}
        return cls(initial=values)
