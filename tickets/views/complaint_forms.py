"""The forms of a complaint's case."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Author, Complaint, Message, Ticket

KINDS = [
    ("refund", _("refund")),
    ("voucher", _("voucher")),
    ("gift", _("gift")),
    ("replacement", _("replacement")),
    ("free_delivery", _("delivery for free")),
]
UNKNOWN = [("", _("not known yet")), ("yes", _("yes")), ("no", _("no"))]
MESSAGES_OFFERED = 10


def area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class OpenForm(forms.Form):
    requested_outcome = forms.CharField(label=_("What the customer wants"), max_length=300, required=False)


class PhaseForm(forms.Form):
    to = forms.ChoiceField(choices=Complaint.Phase.choices)


class AnnounceForm(forms.Form):
    measures = forms.CharField(label=_("What we will do"), max_length=5000, widget=area(3), required=False)
    solution_due_at = forms.DateTimeField(
        label=_("Solution at the latest"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("A promise: as soon as we can surely keep it."),
    )


class AdvanceForm(forms.Form):
    to = forms.TypedChoiceField(choices=[(str(one.value), one.label) for one in Complaint.Stage], coerce=int)
    given_outcome = forms.CharField(label=_("What was given"), max_length=300, required=False)


class AskForm(forms.Form):
    text = forms.CharField(label=_("What to write"), max_length=100_000, widget=area(5), required=False)


class ConfirmForm(forms.Form):
    evidence = forms.ModelChoiceField(
        label=_("The customer’s message"),
        queryset=Message.objects.none(),
        required=False,
        empty_label=_("none: they said it on the phone"),
    )
    note = forms.CharField(label=_("What they said on the phone"), max_length=2000, widget=area(2), required=False)

    def __init__(self, ticket: Ticket, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        said = Message.objects.filter(ticket=ticket, author=Author.CUSTOMER).order_by("-at")
        field = self.fields["evidence"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = said
        newest = [(one.pk, " ".join(one.visible_text.split())[:80]) for one in said[:MESSAGES_OFFERED]]
        field.choices = [("", field.empty_label or ""), *newest]


class LearnForm(forms.Form):
    cause = forms.CharField(label=_("Cause"), max_length=300, required=False)
    justified = forms.ChoiceField(label=_("Justified"), choices=UNKNOWN, required=False)
    our_fault = forms.ChoiceField(label=_("Our fault"), choices=UNKNOWN, required=False)
    place = forms.CharField(label=_("Page or product"), max_length=300, required=False)
    prevention = forms.CharField(label=_("What prevents a repeat"), max_length=5000, widget=area(2), required=False)

    @classmethod
    def of(cls, complaint: Complaint) -> "LearnForm":
        words = {True: "yes", False: "no", None: ""}
        return cls(
            initial={
                "cause": complaint.cause,
                "place": complaint.place,
                "prevention": complaint.prevention,
                "justified": words[complaint.justified],
                "our_fault": words[complaint.our_fault],
            }
        )

    def values(self) -> dict[str, Any]:
        """The arguments of actions.learn_from."""
        answers = {"yes": True, "no": False}
        given = self.cleaned_data
        return given | {name: answers.get(given[name]) for name in ("justified", "our_fault")}


class CompensateForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=KINDS)
    amount = forms.DecimalField(
        label=_("Amount"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"), localize=True
    )
    cause = forms.CharField(label=_("For what"), max_length=300, required=False)
