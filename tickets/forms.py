"""What agents type. Errors name the field; the actions refuse the rest."""

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Presence, Team, User
from channels_app.base import File
from tickets.models import Priority
from tickets.states import State

MAX_FILES = 20
MAX_BYTES = 20 * 1024 * 1024


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


class SayForm(forms.Form):
    """A reply to the customer or a note to colleagues. `submission` makes sending twice the same as sending once."""

    class Kind:
        REPLY, NOTE = "reply", "note"

    kind = forms.ChoiceField(label=_("Kind"), choices=[(Kind.REPLY, _("Reply")), (Kind.NOTE, _("Note"))])
    text = forms.CharField(
        label=_("Text"), max_length=100_000, error_messages={"required": _("Write something first.")}
    )
    uploads = SeveralFilesField(label=_("Files"), required=False)
    then = forms.ChoiceField(
        label=_("Then"), required=False, choices=[("", "")] + [(s, s) for s in (State.SOLVED, State.PENDING)]
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("submission", uuid.uuid4())
        self.initial.setdefault("kind", self.Kind.REPLY)

    @property
    def stored_files(self) -> list[File]:
        """The uploads as actions take them. Their type is what the browser claims; they are served as downloads."""
        return [
            File(name=file.name or "", content_type=file.content_type or "application/octet-stream", data=file.read())
            for file in self.cleaned_data["uploads"]
        ]

    @property
    def next_state(self) -> State | None:
        return State(self.cleaned_data["then"]) if self.cleaned_data["then"] else None


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
