"""A policy as people write it: "4 h", "1 h 30", "2 d"."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team
from channels_app.models import ChannelKind
from tickets.models import Clock, Priority, Reason, SlaPolicy
from tickets.views.clock import span

PART = re.compile(
    r"(\d{1,5})\s*(days?|jours?|d|j|hours?|heures?|h|minutes?|min|mn|m|seconds?|secondes?|sec|s|$)\s*", re.I
)
UNITS = {"d": 86_400, "j": 86_400, "h": 3600, "m": 60, "s": 1, "": 60}
LONGEST = 366 * 86_400
PLAIN = (
    *("name", "clock", "first_reply", "next_reply", "resolution", "warn_at_percent", "escalate_every"),
    *("position", "active"),
)
VIP: dict[Any, str] = {True: "yes", False: "no"}


class Length(forms.CharField):
    """A length of time in words, as seconds; None when left empty. A bare number after hours is minutes."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        seconds, end = 0, 0
        while match := PART.match(text, end):
            seconds += int(match[1]) * UNITS[match[2][:1].lower()]
            end = match.end()
        if end != len(text) or not 0 < seconds <= LONGEST:
            raise forms.ValidationError(_("Write a length of time, for example 30 min, 4 h or 2 d."))
        return seconds

    def prepare_value(self, value: Any) -> Any:
        return span_in_full(value) if isinstance(value, int) else value


def span_in_full(seconds: int) -> str:
    """Exact words for a length: 1 d, 4 h 30, 90 s."""
    if seconds % 60:
        return f"{seconds} s"
    if seconds % 86_400 == 0 and seconds >= 2 * 86_400:
        return span(timedelta(seconds=seconds))
    hours, minutes = divmod(seconds // 60, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


def ticks() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple({"class": "check"})


class SlaForm(forms.Form):
    """Name, conditions, clock and targets of a policy."""

    name = forms.CharField(label=_("Name"), max_length=120)
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.all(),
        to_field_name="key",
        empty_label=None,
        widget=forms.Select({"class": "input"}),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=ChannelKind.choices, required=False, widget=ticks()
    )
    priorities = forms.MultipleChoiceField(
        label=_("Priorities"),
        choices=[(one.key, one.label) for one in Priority],
        required=False,
        widget=ticks(),
    )
    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.all(),
        to_field_name="key",
        required=False,
        widget=ticks(),
    )
    reasons = forms.ModelMultipleChoiceField(
        label=_("Reasons"),
        queryset=Reason.objects.filter(archived=False),
        to_field_name="key",
        required=False,
        help_text=_("None chosen: it fits any."),
        widget=forms.SelectMultiple({"size": 5}),
    )
    vip = forms.ChoiceField(
        label=_("Customers"), choices=[("", _("all")), ("yes", _("VIP only")), ("no", _("but VIP"))], required=False
    )
    order_over = forms.DecimalField(
        label=_("With an order of more than"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )
    tags = forms.CharField(label=_("With one of these tags"), max_length=600, required=False)
    clock = forms.ChoiceField(
        label=_("Time runs"), choices=Clock.choices, widget=forms.RadioSelect({"class": "check check--round"})
    )
    first_reply = Length(label=_("First reply"), required=False)
    next_reply = Length(label=_("Later replies"), required=False)
    resolution = Length(label=_("Solution"), required=False)
    warn_at_percent = forms.IntegerField(label=_("Warn when this share is spent (%)"), min_value=1, max_value=100)
    escalate_every = Length(
        label=_("Escalate again after"),
        required=False,
        help_text=_("Open hours without an answer, then the next higher person is called in. Empty: never."),
    )
    position = forms.IntegerField(
        label=_("Place in the order"), min_value=0, max_value=100_000, help_text=_("The first that fits counts.")
    )
    active = forms.BooleanField(label=_("In force"), required=False)

    @classmethod
    def of(cls, policy: SlaPolicy) -> "SlaForm":
        """The form as it stands for a policy."""
        conditions = policy.conditions
        shown = {name: getattr(policy, name) for name in PLAIN}
        for name in ("channels", "priorities", "teams", "reasons"):
            shown[name] = conditions.get(name, [])
        shown |= {"shop": policy.shop.key, "order_over": conditions.get("order_over")}
        shown |= {"vip": VIP.get(conditions.get("vip"), ""), "tags": ", ".join(conditions.get("tags", []))}
        return cls(initial=shown)

    @cached_property
    def groups(self) -> list[forms.BoundField]:
        """The fields whose choices are ticked."""
        return [self["channels"], self["priorities"], self["teams"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        targets = [cleaned.get(name) for name in ("first_reply", "next_reply", "resolution")]
        if not any(targets) and not self.errors:
            self.add_error("first_reply", _("Give at least one target."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What to put into the policy."""
        values = dict(self.cleaned_data)
        over, vip = values.pop("order_over"), values.pop("vip")
        wanted = {
            "channels": values.pop("channels"),
            "priorities": values.pop("priorities"),
            "teams": [team.key for team in values.pop("teams")],
            "reasons": [reason.key for reason in values.pop("reasons")],
            "tags": [tag.strip() for tag in values.pop("tags").split(",") if tag.strip()],
            "vip": {said: flag for flag, said in VIP.items()}.get(vip, ""),
            "order_over": "" if over is None else str(over),
        }
        return values | {"conditions": {name: value for name, value in wanted.items() if value not in ([], "")}}
