"""What agents type. Errors name the field; the actions refuse the rest."""

import re
import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Presence, Team, User
from channels_app.adapters.email.attachments import judged_type, safe_name
from channels_app.base import Address, File
from helpdesk.lib.addresses import is_email, normalise_email
from helpdesk.lib.presence import Doing
from tickets.models import Priority, Reason
from tickets.states import State

MAX_FILES = 20
MAX_BYTES = 20 * 1024 * 1024
MAX_COPIES = 30
RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # pictures that can do nothing but be seen


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files, each checked; the total may not exceed what mail servers take."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = [one for one in (data if isinstance(data, list) else [data]) if one]
        files = [super(SeveralFilesField, self).clean(one, initial) for one in given]
        if len(files) > MAX_FILES:
            raise forms.ValidationError(_("No more than %(n)d files at once."), params={"n": MAX_FILES})
        if sum(file.size for file in files) > MAX_BYTES:
            raise forms.ValidationError(_("Together the files may not exceed 20 MB."))
        return files


class AddressesField(forms.CharField):
    """Any number of e-mail addresses, divided by commas, semicolons or spaces; each is checked (V10)."""

    def clean(self, value: Any) -> list[Address]:
        given = dict.fromkeys(re.split(r"[\s,;]+", super().clean(value).strip()))
        found = [normalise_email(one) for one in given if one]
        wrong = [one for one, address in zip(filter(None, given), found, strict=True) if not is_email(address)]
        if wrong:
            raise forms.ValidationError(_("“%(value)s” is no e-mail address."), params={"value": wrong[0]})
        if len(found) > MAX_COPIES:
            raise forms.ValidationError(_("No more than %(n)d addresses."), params={"n": MAX_COPIES})
        return [Address(address) for address in found]


class WordsForm(forms.Form):
    """What somebody has written, as text or formatted. `submission` makes sending twice the same as sending once."""

    text = forms.CharField(label=_("Text"), required=False, max_length=100_000)
    html = forms.CharField(required=False, max_length=400_000)
    uploads = SeveralFilesField(label=_("Files"), required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("submission", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        """The formatted words count; the plain ones beside them are what an editor made of them."""
        if self.cleaned_data.get("html"):
            self.cleaned_data["text"] = ""
        return self.cleaned_data

    @property
    def stored_files(self) -> list[File]:
        """The uploads as actions take them; the type is judged from the bytes."""
        return [judged_file(file) for file in self.cleaned_data["uploads"]]


class SayForm(WordsForm):
    """A reply to the customer or a note to colleagues."""

    class Kind:
        REPLY, NOTE = "reply", "note"

    NEXT, CLAIM = "next", "claim"

    kind = forms.ChoiceField(label=_("Kind"), choices=[(Kind.REPLY, _("Reply")), (Kind.NOTE, _("Note"))])
    cc = AddressesField(label=_("Cc"), required=False)
    bcc = AddressesField(label=_("Bcc"), required=False)
    then = forms.ChoiceField(
        label=_("Then"),
        required=False,
        choices=[("", "")] + [(s, s) for s in (State.SOLVED, State.PENDING, NEXT, CLAIM)],
    )
    everyone = forms.BooleanField(required=False)  # all whom the customer's mail was sent to get a copy
    leaves_at = forms.DateTimeField(label=_("Send at"), required=False)
    leaves_then = forms.DateTimeField(label=_("Send at"), required=False)  # a time of one's own, if `later` says so
    later = forms.BooleanField(required=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    macro = forms.IntegerField(required=False, min_value=1, max_value=2**62)  # its steps are done with the reply
    reason = forms.ModelChoiceField(Reason.objects.filter(archived=False), label=_("Reason"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("kind", self.Kind.REPLY)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("later"):
            data["leaves_at"] = data.get("leaves_then")
            if not data["leaves_at"] and "leaves_then" not in self.errors:
                self.add_error("leaves_then", _("Choose when it should leave."))
        return data

    @property
    def next_state(self) -> State | None:
        then = self.cleaned_data["then"]
        return State(then) if then and then not in (self.NEXT, self.CLAIM) else None

    @property
    def goes_on(self) -> bool:
        """Whether the agent goes on to the next ticket of the list."""
        return self.cleaned_data["then"] in (State.SOLVED, self.NEXT, self.CLAIM)


class AsideForm(WordsForm):
    """A question to a third party."""

    to = forms.CharField(label=_("To"), max_length=320)
    subject = forms.CharField(label=_("Subject"), max_length=998)
    origin = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    again = forms.IntegerField(required=False, min_value=1, max_value=2**62)  # a letter that was taken back
    with_files = forms.BooleanField(label=_("With its files"), required=False)


class DraftForm(forms.Form):
    """What is being written, as the page saves it."""

    kind = SayForm.base_fields["kind"]
    text = forms.CharField(required=False, max_length=100_000, strip=False)
    html = forms.CharField(required=False, max_length=400_000)
    cc = forms.CharField(required=False, max_length=2_000)
    bcc = forms.CharField(required=False, max_length=2_000)
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    submission = forms.UUIDField(required=False)

    @property
    def public(self) -> bool:
        return bool(self.cleaned_data["kind"] == SayForm.Kind.REPLY)

    @property
    def recipients(self) -> dict[str, list[str]]:
        """As typed: what is no address yet may become one."""
        typed = {name: re.split(r"[\s,;]+", self.cleaned_data[name].strip()) for name in ("cc", "bcc")}
        return {name: parts for name, parts in typed.items() if parts != [""]}


class DraftFileForm(forms.Form):
    """One file that was dropped, pasted or chosen; `content_id` names a picture that stands in the text."""

    kind = SayForm.base_fields["kind"]
    upload = forms.FileField()
    content_id = forms.RegexField(r"^[a-z0-9-]{8,60}@draft$", required=False)

    @property
    def public(self) -> bool:
        return bool(self.cleaned_data["kind"] == SayForm.Kind.REPLY)

    @property
    def stored_file(self) -> File:
        """The file, inline only when it is a picture by its own bytes."""
        file = judged_file(self.cleaned_data["upload"])
        inline = bool(self.cleaned_data["content_id"]) and file.content_type in RASTER
        return replace(file, content_id=self.cleaned_data["content_id"] if inline else "", inline=inline)


class HereForm(forms.Form):
    """That somebody looks at a ticket, types in it, or goes; `read`: and has seen all of it."""

    doing = forms.ChoiceField(choices=[(one, one) for one in (*Doing, "gone")])
    read = forms.BooleanField(required=False)


def judged_file(file: UploadedFile) -> File:
    """An upload as actions take it: a safe name, and a type by its bytes."""
    data = file.read()
    kind = judged_type(data, file.content_type or "", file.name or "")
    return File(name=safe_name(file.name or "", kind), content_type=kind, data=data)


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False, label=_("Assignee"))


class TeamForm(forms.Form):
    to = forms.ModelChoiceField(Team.objects.all(), required=False, label=_("Team"))


class StateForm(forms.Form):
    to = forms.ChoiceField(choices=State.choices, label=_("State"))


class PriorityForm(forms.Form):
    to = forms.TypedChoiceField(
        choices=Priority.choices, coerce=lambda value: Priority(int(value)), label=_("Priority")
    )


class TagForm(forms.Form):
    """One tag to add, or one to take off."""

    add = forms.CharField(max_length=60, required=False, label=_("Add a tag"))
    remove = forms.CharField(max_length=60, required=False)


class ReasonForm(forms.Form):
    to = forms.ModelChoiceField(Reason.objects.filter(archived=False), required=False, label=_("Reason"))


class SnoozeForm(forms.Form):
    """A preset, a time of one's own, or an order's event."""

    until = forms.DateTimeField(required=False)
    at = forms.DateTimeField(label=_("At"), required=False)
    wakes_on = forms.ChoiceField(choices=[(one, one) for one in ("", "shipped", "delivered")], required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not any(data.get(name) for name in self.fields):
            raise forms.ValidationError(_("Choose when it comes back."))
        return data


class EscalateForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)


class MergeForm(forms.Form):
    into = forms.IntegerField(label=_("Ticket that stays"), min_value=1, max_value=2**62)


class OtherCustomerForm(forms.Form):
    other = forms.IntegerField(min_value=1, max_value=2**62)


class RequestForm(forms.Form):
    wants = forms.CharField(label=_("What the customer wants"), max_length=300, required=False)


class ProblemForm(forms.Form):
    problem = forms.IntegerField(min_value=1, max_value=2**62)


class NewProblemForm(forms.Form):
    title = forms.CharField(label=_("What goes wrong"), max_length=200)


class PreferencesForm(forms.Form):
    """How a colleague wants the desk: each field may come alone, the others stay as they are."""

    language = forms.ChoiceField(choices=[("", ""), *settings.LANGUAGES], required=False)
    theme = forms.ChoiceField(choices=[(key, key) for key in ("", "light", "dark")], required=False)
    density = forms.ChoiceField(choices=[(key, key) for key in ("compact", "normal", "roomy")])
    single_keys = forms.BooleanField(required=False)
    presence = forms.ChoiceField(choices=Presence.choices)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for name in set(self.fields) - set(data):
            del self.fields[name]
