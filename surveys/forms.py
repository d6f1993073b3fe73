"""What the survey pages take."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from helpdesk.lib.days import DayField
from surveys.models import SCALES, Category, Dissatisfaction, Kind, Outcome, Scorecard, Survey, SurveyPolicy, When

LONGEST_COMMENT = 4000
if TYPE_CHECKING:  # generic for the type checker only
    PolicyModelForm = forms.ModelForm[SurveyPolicy]
    ScorecardModelForm = forms.ModelForm[Scorecard]
    CategoryModelForm = forms.ModelForm[Category]
else:
    PolicyModelForm = ScorecardModelForm = CategoryModelForm = forms.ModelForm


def _scale(kind: str, *, required: bool) -> forms.TypedChoiceField:
    least, most = SCALES[kind]
    return forms.TypedChoiceField(
        choices=[(score, score) for score in range(least, most + 1)],
        coerce=int,
        empty_value=None,
        required=required,
        error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer on the scale.")},
    )


class AnswerForm(forms.Form):
    """A customer's answer. `ease` is the effort question of the same page."""

    comment = forms.CharField(required=False, max_length=LONGEST_COMMENT)
    dissatisfaction = forms.ChoiceField(required=False, choices=[("", "—"), *Dissatisfaction.choices])

    def __init__(self, survey: Survey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"] = _scale(survey.kind, required=True)
        self.fields["ease"] = _scale(Kind.CES, required=False)


class CloseForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=[("", "—"), *Outcome.choices], required=False)
    words = forms.CharField(label=_("What was done"), required=False, max_length=LONGEST_COMMENT)


class AnswersFilter(forms.Form):
    """Which answers the list shows; what is no choice is left out."""

    kind = forms.ChoiceField(label=_("Question"), required=False, choices=[("", _("All questions")), *Kind.choices])
    score = forms.ChoiceField(
        label=_("Score"), required=False, choices=[("", _("All scores")), *((str(n), str(n)) for n in range(11))]
    )
    agent = forms.ModelChoiceField(User.objects.all(), label=_("Agent"), required=False, empty_label=_("Everybody"))
    since = DayField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class PolicyForm(PolicyModelForm):
    """One question of one shop. The delay is typed in minutes."""

    delay_minutes = forms.IntegerField(
        label=_("Delay, in minutes"),
        min_value=0,
        max_value=30 * 24 * 60,
        help_text=_("0 = right after the interaction."),
    )

    class Meta:
        model = SurveyPolicy
        fields = [
            "active", "when", "quiet_from", "quiet_until", "cool_down_days", "valid_days", "again_after_reopen",
            "in_signature",
        ]  # fmt: skip
        widgets = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels = {"active": _("Ask this question")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delay_minutes"].initial = self.instance.delay // 60
        self.fields["when"].choices = [(one, one.label) for one in _times_for(self.instance.kind)]  # type: ignore[attr-defined]
        self.order_fields(["active", "when", "delay_minutes"])
        if self.instance.kind != Kind.CSAT:
            del self.fields["in_signature"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.instance.delay = 60 * (self.cleaned_data.get("delay_minutes") or 0)
        return cleaned


def _times_for(kind: str) -> list[When]:
    if kind == Kind.POST_PURCHASE:
        return [When.ORDER]
    return [When.SOLVED, When.WITH_CSAT] if kind == Kind.CES else [When.SOLVED]


class ScorecardForm(ScorecardModelForm):
    class Meta:
        model = Scorecard
        fields = ["name"]


class CategoryForm(CategoryModelForm):
    class Meta:
        model = Category
        fields = ["position", "name", "help", "weight", "least", "most", "critical"]
        widgets = {"position": forms.HiddenInput}


class SampleForm(forms.Form):
    """From whose solved tickets to draw, and how many. The same seed draws the same tickets."""

    agent = forms.ModelChoiceField(User.objects.filter(is_active=True), label=_("Agent"))
    since = DayField(label=_("Solved from"), widget=forms.DateInput(attrs={"type": "date"}))
    until = DayField(label=_("to (not included)"), widget=forms.DateInput(attrs={"type": "date"}))
    size = forms.IntegerField(label=_("Tickets"), min_value=1, max_value=100, initial=5)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=2**31 - 1, initial=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until <= since:
            self.add_error("until", _("The end must come after the beginning."))
        return cleaned
