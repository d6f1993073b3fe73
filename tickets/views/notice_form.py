"""Which orders a banner concerns, and what their customers are written."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.affected import Affected
from customers.orders import STEPS
from faq.frame import language_name
from faq.models import Banner
from helpdesk.lib.days import DayField
from tickets import notices
from tickets.notices import Words
from tickets.views.side import order_status

RECENT = timedelta(days=30)
UNDER_WAY = STEPS[:-1]
STATUSES = (*STEPS, "cancelled", "refunded", "returned")


def day(label: Any, *, required: bool) -> DayField:
    picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return DayField(label=label, required=required, widget=picker)


class AffectedForm(forms.Form):
    """The orders: those under way, placed in the last 30 days, unless one says otherwise."""

    status = forms.MultipleChoiceField(
        label=_("Where the order stands"),
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
        choices=lambda: [(status, order_status(status)) for status in STATUSES],
    )
    since = day(_("Ordered from"), required=True)
    until = day(_("Ordered until"), required=False)
    product = forms.CharField(
        label=_("With this product"), required=False, max_length=120, help_text=_("An SKU, or the whole name.")
    )

    @classmethod
    def of(cls, said: QueryDict) -> "AffectedForm":
        usual = {"status": UNDER_WAY, "since": timezone.localdate() - RECENT}
        return cls(said if "since" in said else usual)

    def affected(self) -> Affected:
        said = self.cleaned_data
        return Affected(tuple(said["status"]), said["since"], said["until"], said["product"].strip())


class LetterForm(forms.Form):
    """A subject and a text in each of the shop's languages, as the banner has them until they are changed."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    expected = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, banner: Banner, expected: int = 0) -> None:
        self.languages = banner.shop.languages
        initial: dict[str, Any] = {"submission": uuid.uuid4(), "expected": expected}
        for code in self.languages:
            initial[f"subject_{code}"] = banner.titles.get(code, "")
            initial[f"text_{code}"] = banner.texts.get(code, "")
        super().__init__(data, initial=initial)
        for code in self.languages:
            name = language_name(code)
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject (%(language)s)") % {"language": name}, max_length=notices.SUBJECT, required=False
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name},
                max_length=notices.TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def written(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"subject_{code}"], self[f"text_{code}"]) for code in self.languages]

    def words(self) -> Words:
        """As notices.tell takes them: what has been typed, or stands there to begin with."""
        return {code: {name: self[f"{name}_{code}"].value() or "" for name in ("subject", "text")}
                for code in self.languages}  # fmt: skip

    def example(self, reach: notices.Reach, by: User) -> notices.Mail | None:
        """What the first of these customers would read."""
        first = next(iter(reach.letters), None)
        return notices.compose(first, self.words(), by) if first else None
