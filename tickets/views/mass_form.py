"""What is said to many: words in each language of their customers, a macro's with its steps, and a state afterwards."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from faq.frame import language_name
from tickets import macros
from tickets.automation.variables import inputs, unknown
from tickets.mass import languages_of
from tickets.models import Macro, MassAnswer, Message, Problem, Ticket
from tickets.states import State

LENGTH = 20_000


class MassForm(forms.Form):
    """`macro`: whose steps are done; its words are taken into the fields, to be reworded like any others."""

    macro = forms.ModelChoiceField(Macro.objects.none(), label=_("Macro"), required=False, empty_label="—")
    state = forms.ChoiceField(
        label=_("Afterwards"),
        required=False,
        choices=[("", _("The state stays")), *((one.value, one.label) for one in (State.PENDING, State.SOLVED))],
    )
    taken = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the macro whose words stand in the fields
    seen = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    expected = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, *, user: User, tickets: Sequence[Ticket], initial: Mapping[str, Any] | None = None
    ) -> None:
        newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first()
        super().__init__(data, initial={"submission": uuid.uuid4(), "seen": newest or 0} | dict(initial or {}))
        self.user, self.languages = user, languages_of(tickets)
        shops = {ticket.shop_id for ticket in tickets}
        offered = macros.visible_to(user).filter(archived=False).order_by("name")
        every = offered.filter(shop=None)
        self.fields["macro"].queryset = offered.filter(shop__in=shops) | every if len(shops) == 1 else every  # type: ignore[attr-defined]
        for code in self.languages:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Answer (%(language)s)") % {"language": language_name(code)},
                required=False,
                max_length=LENGTH,
                widget=forms.Textarea(attrs={"rows": 7}),
            )
        for name in inputs("\n".join(self[field].value() or "" for field in self._texts)):
            self.fields[f"input-{name}"] = forms.CharField(label=name.replace("_", " "), max_length=300)

    @property
    def _texts(self) -> list[str]:
        return [f"text_{code}" for code in self.languages]

    @property
    def written(self) -> list[forms.BoundField]:
        """The fields of the words, then of what these ask for."""
        return [self[name] for name in self.fields if name.startswith(("text_", "input-"))]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name in self._texts:
            if strange := unknown(data.get(name, "")):
                self.add_error(name, _("There is no variable “%(name)s”.") % {"name": strange[0]})
        if not data.get("macro") and not any(data.get(name) for name in self._texts):
            self.add_error(self._texts[0], _("Write something first, or choose a macro."))
        return data

    def with_words(self) -> dict[str, Any]:
        """What stands in the form, with the words of its macro put in: in the place of those of another macro, below
        those that somebody has typed."""
        said = {name: self[name].value() for name in self.fields}
        macro, before = (self._macro(said[name]) for name in ("macro", "taken"))
        for code in self.languages if macro else ():
            typed = said[f"text_{code}"] or ""
            if typed.strip() == _text_of(before, code):
                typed = ""
            said[f"text_{code}"] = "\n\n".join(part for part in (typed.strip(), _text_of(macro, code)) if part)
        return said | {"taken": macro.pk if macro else None}

    def answer(self, problem: Problem | None) -> MassAnswer:
        """As mass.reach and mass.send take it. Words that are a macro's own keep its formatting."""
        data = self.cleaned_data
        return MassAnswer(
            problem=problem,
            macro=data["macro"],
            texts={code: self._said(code) for code in self.languages if data[f"text_{code}"]},
            inputs={name.removeprefix("input-"): data[name] for name in data if name.startswith("input-")},
            then=data["state"],
            seen=data["seen"],
            by=self.user,
            submission=data["submission"],
        )

    def _said(self, code: str) -> dict[str, str]:
        text, macro = self.cleaned_data[f"text_{code}"], self.cleaned_data["macro"]
        own = macro is not None and text == _text_of(macro, code)
        return {"text": text, "html": macro.texts.get(code, {}).get("html", "") if own else ""}

    def _macro(self, pk: Any) -> Macro | None:
        chosen = str(pk or "")
        return macros.visible_to(self.user).filter(pk=int(chosen)).first() if chosen.isdecimal() else None


def words_of(answer: MassAnswer) -> dict[str, Any]:
    """What the form begins with when an answer that was taken back is given again."""
    said: dict[str, Any] = {"macro": answer.macro_id, "taken": answer.macro_id, "state": answer.then}
    said |= {f"text_{code}": text["text"] for code, text in answer.texts.items()}
    return said | {f"input-{name}": value for name, value in answer.inputs.items()}


def _text_of(macro: Macro | None, code: str) -> str:
    return str(macro.texts.get(code, {}).get("text", "")).replace("\r\n", "\n").strip() if macro else ""
