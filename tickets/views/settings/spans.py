"""A form field for the intervals of one day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hours.written import read, write


class Spans(forms.CharField):
    """The intervals of one day, as hours.models.Hours keeps them."""

    widget = forms.TextInput({"class": "input", "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        reading = read(str(value or ""))
        if reading.turned:
            raise forms.ValidationError(_("%(span)s ends before it begins.") % {"span": reading.wrong}, "turned")
        if reading.wrong:
            raise forms.ValidationError(
                _("“%(text)s” is no time. Write for example 09:00–12:30, 13:30–18:00.") % {"text": reading.wrong[:40]}
            )
        return reading.spans

    def prepare_value(self, value: Any) -> Any:
        return write(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or "") != str(data or ""))
