"""What the contact form asks: why, about which order, the words, files, and who writes."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.base import File
from customers.models import Order
from customers.passes import Bearer
from helpdesk.lib.addresses import is_email
from tickets import kept_files
from tickets.forms import MAX_BYTES, MAX_FILES, SeveralFilesField, judged_file
from tickets.kept_files import Kept
from tickets.models import Reason

LONGEST_SUBJECT = 80
OTHER_PARTS = 1024 * 1024  # bytes of a body that are not files
MOST_ORDERS = 5
TAKEN = re.compile(
    r"image/(?!svg)|video/|audio/|text/(plain|csv)|application/(pdf|msword|rtf|vnd\.(ms-excel|oasis|openxmlformats))"
)
LINK = re.compile(r"https?://|www\.", re.I)
MANY_LINKS = 5


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that customers write about, with the reasons why they do; in the words of their language."""

    name: str
    reasons: list[Reason]
    choices: list[tuple[str, str]]  # key, why


def subjects(language: str) -> list[Subject]:
    """The house's list of reasons, in two steps; in the same order in every language."""
    rows = Reason.objects.filter(archived=False).order_by("what", "why")
    groups = [list(whys) for _what, whys in groupby(rows, key=lambda reason: reason.what)]
    return [
        Subject(whys[0].in_language(language)[0], whys, [(one.key, one.in_language(language)[1]) for one in whys])
        for whys in groups
    ]


def too_large(request: HttpRequest) -> bool:
    """Whether a body is larger than any we take: asked before anything of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or int(length) > MAX_BYTES + OTHER_PARTS


def fit(kept: Sequence[Kept], new: Sequence[File]) -> bool:
    """Whether these are together no more than mail servers take."""
    return sum(one.size for one in kept) + sum(len(one.data) for one in new) <= MAX_BYTES


class FilesField(SeveralFilesField):
    """Files by their content, whatever their names say: pictures, films, sound, papers; never what can run."""

    def clean(self, data: Any, initial: Any = None) -> list[File]:  # type: ignore[override]
        files = [judged_file(file) for file in super().clean(data, initial)]
        for file in files:
            if not TAKEN.match(file.content_type):
                words = _("“%(name)s” cannot be taken. Send photos, films, PDF or text documents.")
                raise forms.ValidationError(words % {"name": file.name})
        return files


class WordsForm(forms.Form):
    """Words and files, those of an earlier try among them. `submission` makes a second press the same message."""

    text = forms.CharField(label=gettext_lazy("Your message"), max_length=20_000)
    uploads = FilesField(label=gettext_lazy("Files"), required=False)
    submission = forms.UUIDField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("submission", uuid.uuid4())
        self.kept: list[Kept] = []  # files of earlier tries, and of this one once it is refused

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        assert isinstance(self.data, QueryDict)
        for reference in self.data.getlist("kept")[:MAX_FILES]:
            try:
                self.kept.append(kept_files.find(reference, self.data.get("submission", "")))
            except kept_files.Lost:
                self.add_error("uploads", _("A file is no longer here: choose it again."))
        new = said.get("uploads", [])
        if len(self.kept) + len(new) > MAX_FILES:
            self.add_error("uploads", _("No more than %(n)d files at once.") % {"n": MAX_FILES})
        if not fit(self.kept, new):
            self.add_error("uploads", _("Together the files may not exceed 20 MB."))
        return said

    def files_sent(self) -> list[File]:
        """Those of earlier tries first."""
        return [*(one.file() for one in self.kept), *self.cleaned_data["uploads"]]

    def keep_files(self) -> None:
        """Have what came with a refused try at hand for the next one: what we take, as far as it is not too much."""
        for upload in self.files.getlist("uploads"):
            upload.seek(0)
            file = judged_file(upload)
            if TAKEN.match(file.content_type) and fit(self.kept, [file]) and len(self.kept) < MAX_FILES:
                self.kept.append(kept_files.keep(file, self.data.get("submission", "")))


class ContactForm(WordsForm):
    """`told` is the signed reply time of the page, `website` a trap: people do not see it."""

    what = forms.IntegerField(label=gettext_lazy("What is it about?"), required=False, min_value=0, max_value=999)
    order = forms.CharField(label=gettext_lazy("Order number"), required=False, max_length=60)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("Your e-mail"), max_length=254)
    told = forms.CharField(required=False, max_length=1000)
    website = forms.CharField(required=False)
    about = forms.CharField(required=False, max_length=400)
    article = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if not is_email(email):
            raise forms.ValidationError(_("This is not a complete address, for example jasmine.roy@example.com."))
        return email

    def reason(self, offered: list[Subject]) -> Reason | None:
        """The reason that was chosen; the select that goes with the chosen subject counts, the others stay unread."""
        what = self.cleaned_data.get("what")
        if what is None or what >= len(offered):
            return None
        key = self.data.get(f"why_{what}", "")
        return next((reason for reason in offered[what].reasons if reason.key == key), None)

    def subject(self, reason: Reason | None, language: str) -> str:
        """What the conversation is called: the reason and the order, else the first words."""
        said = " ".join(self.cleaned_data["text"].split())
        first = said[:LONGEST_SUBJECT] + ("…" if len(said) > LONGEST_SUBJECT else "")
        words = reason.in_language(language)[1] if reason else first
        order = self.cleaned_data["order"].strip()
        return f"{words} – {order}" if order else words

    def is_suspect(self, seconds: float | None) -> bool:
        """Whether a robot has filled this in. `seconds`: for how long the page was looked at, None if nobody knows."""
        links = len(LINK.findall(self.cleaned_data["text"]))
        hasty = seconds is None or seconds < 2
        return bool(self.cleaned_data["website"]) or links > MANY_LINKS or (hasty and links > 0)


def offered_orders(bearer: Bearer | None) -> list[Order]:
    """The orders to choose from, for somebody whom we know."""
    return list(bearer.orders.order_by("-placed_at")[:MOST_ORDERS]) if bearer else []
