"""The hours of a calendar as people fill them in: a text for each weekday, ticked holidays, special days."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_day_names
from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Team
from channels_app.models import Channel
from helpdesk.lib.refused import Refused
from hours import terms
from hours.holidays import countries, holidays_in
from hours.models import Calendar, Hours
from hours.rules import DAYS
from hours.written import Reading, read, write
from tickets.views.settings.spans import Spans


class HoursForm(forms.Form):
    """Everything but the special days and the ticked holidays, which have a form set of their own and `worked_of`."""

    timezone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        widget=forms.TextInput({"class": "input", "list": "zones", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"), required=False, widget=forms.Select({"class": "input"})
    )
    subdivision = forms.ChoiceField(
        label=gettext_lazy("Part of the country"), required=False, widget=forms.Select({"class": "input"})
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"), queryset=Team.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )  # fmt: skip
    channels = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Channels"), queryset=Channel.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "input"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Left empty: from now on."),
    )

    def __init__(self, calendar: Calendar, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        names = get_day_names("wide", locale=get_language() or "en")
        for n, day in enumerate(DAYS):
            self.fields[day] = Spans(label=names[n].capitalize(), required=False, max_length=400)
            self.fields[day].widget.attrs["placeholder"] = _("closed").capitalize()
        self.fields["country"].choices = [("", _("none")), *country_names()]  # type: ignore[attr-defined]
        part_of = str(self["country"].value() or "")
        parts = [(code, code) for code in countries().get(part_of, ())]
        self.fields["subdivision"].choices = [("", _("everywhere")), *parts]  # type: ignore[attr-defined]
        self.fields["teams"].queryset = Team.objects.all()  # type: ignore[attr-defined]
        self.fields["channels"].queryset = Channel.objects.filter(shop=calendar.shop_id)  # type: ignore[attr-defined]

    def clean_timezone(self) -> str:
        value = str(self.cleaned_data["timezone"])
        try:
            terms.check("timezone", value)
        except Refused as refused:
            raise forms.ValidationError(refused.words) from None
        return value

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"])

    def clean_teams(self) -> Any:
        teams = self.cleaned_data["teams"]
        other = Calendar.objects.filter(shop=self.calendar.shop_id, teams__in=teams).exclude(pk=self.calendar.pk)
        for calendar in other[:1]:
            raise forms.ValidationError(_("A team keeps the hours “%(key)s” already.") % {"key": calendar.key})
        return teams

    def weekly(self) -> dict[str, list[list[str]]]:
        """The days that could be read."""
        return {day: self.cleaned_data[day] for day in DAYS if self.cleaned_data.get(day)}

    def days(self) -> list[tuple[str, forms.BoundField, Reading]]:
        """Each weekday with its field and what can be read in it so far."""
        return [(day, self[day], read(_text(self[day].value()))) for day in DAYS]

    def suggestion(self, day: str) -> str:
        """A better text for a day with an interval that ends before it begins: as on another day that begins alike."""
        reading = read(_text(self[day].value()))
        if reading.turned is None:
            return ""
        start = f"{reading.turned[0] // 60:02d}:{reading.turned[0] % 60:02d}"
        others = (span for _day, _field, other in self.days() for span in other.spans if span[0] == start)
        found = next(others, None)
        return write(sorted([*reading.spans, found])) if found else ""

    def starts(self) -> datetime | None:
        """The first instant of the day from which these hours count, in their zone; None for now."""
        day = self.cleaned_data.get("valid_from")
        zone = ZoneInfo(self.cleaned_data.get("timezone") or self.calendar.timezone)
        return datetime.combine(day, time(), zone) if day else None


def initial_of(hours: Hours, calendar: Calendar) -> dict[str, Any]:
    return {
        "timezone": hours.timezone,
        "country": hours.holidays.get("country", ""),
        "subdivision": hours.holidays.get("subdivision", ""),
        "teams": [team.pk for team in calendar.teams.all()],
        "channels": [channel.pk for channel in Channel.objects.filter(calendar=calendar)],
    } | {day: hours.weekly.get(day, []) for day in DAYS}


def holidays_of(form: HoursForm, data: QueryDict, before: dict[str, Any], *, today: date) -> dict[str, Any]:
    """What was ticked: `listed` are the holidays that were shown, `closed` those ticked. What was not shown stays."""
    country, part = form.cleaned_data.get("country", ""), form.cleaned_data.get("subdivision", "")
    if not country:
        return {}
    listed, closed = set(data.getlist("listed")), set(data.getlist("closed"))
    kept = before.get("worked", []) if before.get("country") == country else []
    known = {
        name
        for year in (today.year, today.year + 1)
        for names in holidays_in(year, country, part).values()
        for name in names
    }
    worked = sorted({*(name for name in kept if name not in listed), *((listed & known) - closed)})
    return {"country": country} | ({"subdivision": part} if part else {}) | ({"worked": worked} if worked else {})


def country_names() -> list[tuple[str, str]]:
    """The countries whose holidays are known, in the active language."""
    names = Locale.parse((get_language() or "en").replace("-", "_")).territories
    return sorted(((code, names[code]) for code in countries() if code in names), key=lambda one: one[1])


def _text(value: Any) -> str:
    return write(value) if isinstance(value, list) else str(value or "")
