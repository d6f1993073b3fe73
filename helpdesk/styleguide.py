"""/styleguide/: every component of the desk in each of its states."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.access import policy

TOKENS = (
    *("sunken", "paper", "surface", "raised", "line", "line-strong", "line-control", "ink", "ink-2", "ink-3"),
    *("accent", "accent-tint", "accent-line", "info", "info-tint", "good", "good-tint", "warn", "warn-tint"),
    *("bad", "bad-tint", "note", "note-tint", "inverse"),
)


class SpecimenForm(forms.Form):
    """One field of each kind, one of them wrong."""

    view = forms.CharField(label=_("Name of the view"), required=False, help_text=_("The whole team sees it."))
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), ("late", _("Late"))])
    locked = forms.CharField(label=_("Locked"), required=False, disabled=True, initial="—")
    ticked = forms.BooleanField(label=_("Ticked"), required=False)


CLOCKS = {
    "targets": [
        {"label": "Reply", "due": {"tone": "now", "words": "12 min", "eighths": 7}, "exact": "18:12"},
        {"label": "Solution", "due": {"tone": "paused", "words": "paused"}, "exact": ""},
    ],
    "promised": "18:30",
    "why": "Waiting since 16:12; “E-mail”: 2 h of opening hours",
}


@policy("desk.use")
def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; a test checks that no component is missing."""
    specimens = {"tokens": TOKENS, "form": SpecimenForm({"reason": "Divers"}), "clocks": CLOCKS}
    return render(request, "styleguide.html", specimens)
