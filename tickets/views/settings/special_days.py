"""Dates on which it is not as every week: exceptions and campaigns, as rows of one form set."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hours import terms
from hours.models import Hours
from tickets.views.settings.spans import Spans

if TYPE_CHECKING:
    Rows = forms.BaseFormSet["SpecialDayForm"]
else:
    Rows = forms.BaseFormSet  # generic for the type checker only

INSTEAD, EXTRA = "instead", "extra"


class SpecialDayForm(forms.Form):
    """One date on which it is not as every week."""

    date = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How"),
        initial=INSTEAD,
        choices=[
            (INSTEAD, gettext_lazy("instead")),
            (EXTRA, gettext_lazy("in addition")),
        ],
        widget=forms.Select({"class": "input"}),
    )
    hours = Spans(label=gettext_lazy("Hours"), required=False, max_length=200)
    why = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=120, widget=forms.TextInput({"class": "input"})
    )

    @property
    def is_past(self) -> bool:
        """Whether the day lies behind us; it stays for the figures."""
        day = str(self["date"].value() or "")
        return not self.errors and "" < day < timezone.now().date().isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == EXTRA and cleaned.get("hours") == []:
            self.add_error("hours", _("When is it open in addition?"))
        return cleaned


class SpecialDays(Rows):
    """Each date replaces the usual hours at most once."""

    def add_fields(self, form: SpecialDayForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].widget = forms.CheckboxInput({"class": "check"})
        form.fields[DELETION_FIELD_NAME].label = _("Remove")

    def clean(self) -> None:
        seen: set[date] = set()
        for form in self.kept():
            day = form.cleaned_data.get("date")
            if form.cleaned_data.get("kind") == INSTEAD and day is not None:
                if day in seen:
                    form.add_error("date", _("This day stands twice."))
                seen.add(day)

    def ahead(self) -> list[SpecialDayForm]:
        """The rows to look at, the empty ones below."""
        return [form for form in self.forms if not form.is_past]

    def past(self) -> list[SpecialDayForm]:
        return [form for form in self.forms if form.is_past]

    def kept(self) -> list[SpecialDayForm]:
        """The rows that are filled in and not to be removed."""
        rows = [form for form in self.forms if form.has_changed() or form in self.initial_forms]
        return [
            form for form in rows if hasattr(form, "cleaned_data") and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]


_SpecialDays = forms.formset_factory(
    SpecialDayForm, formset=SpecialDays, extra=1, can_delete=True, max_num=2 * terms.DATES, absolute_max=2 * terms.DATES
)


def special_days(*, data: QueryDict | None = None, initial: list[dict[str, Any]] | None = None) -> SpecialDays:
    """The rows as sent, or as stored with an empty one below."""
    return cast(SpecialDays, _SpecialDays(data, initial=initial, prefix="days"))


def special_days_of(hours: Hours) -> list[dict[str, Any]]:
    """The rows of the form set, in their order."""
    rows = [
        {"date": one["date"], "kind": INSTEAD, "hours": one["open"], "why": one.get("why", "")}
        for one in hours.exceptions
    ] + [
        {"date": one["date"], "kind": EXTRA, "hours": [[one["from"], one["until"]]], "why": one.get("why", "")}
        for one in hours.campaigns
    ]
    return sorted(rows, key=lambda row: (row["date"], row["kind"]))


def exceptions_of(rows: Iterable[SpecialDayForm]) -> list[dict[str, Any]]:
    days = [row.cleaned_data for row in rows if row.cleaned_data.get("kind") == INSTEAD and "hours" in row.cleaned_data]
    found = [{"date": day["date"].isoformat(), "open": day["hours"]} | _why(day) for day in days if day.get("date")]
    return sorted(found, key=lambda one: str(one["date"]))


def campaigns_of(rows: Iterable[SpecialDayForm]) -> list[dict[str, Any]]:
    days = [row.cleaned_data for row in rows if row.cleaned_data.get("kind") == EXTRA]
    found = [
        {"date": day["date"].isoformat(), "from": opens, "until": closes} | _why(day)
        for day in days
        for opens, closes in day.get("hours") or []
        if day.get("date")
    ]
    return sorted(found, key=lambda one: (one["date"], one["from"]))


def _why(day: dict[str, Any]) -> dict[str, str]:
    return {"why": day["why"]} if day.get("why") else {}
