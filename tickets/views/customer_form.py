"""What may be changed about a customer from beside a conversation."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.actions import EDITABLE
from customers.models import Customer


class CustomerForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, required=False, widget=forms.TextInput(attrs={"autofocus": True})
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("", "—"), *settings.LANGUAGES], required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    timezone = forms.CharField(label=_("Time zone"), max_length=64, required=False)
    vip = forms.BooleanField(label=_("VIP"), required=False)
    notes = forms.CharField(label=_("Notes"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: QueryDict | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="customer-%s")

    @classmethod
    def of(cls, customer: Customer) -> "CustomerForm":
        values = {name: getattr(customer, name) for name in EDITABLE}
        return cls(initial=values | {"language": customer.language.partition("-")[0]})
