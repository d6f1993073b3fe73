"""/settings/people/: who works here. Nobody is deleted: who leaves is deactivated, what they wrote keeps its author."""

from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts import staff
from accounts.access import policy
from accounts.http import Request
from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.views.settings import shell

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:
    UserModelForm = forms.ModelForm  # not subscriptable at run time

PAGE = "settings/people.html"
NEW = 0
LANGUAGES = [("", gettext_lazy("the browser’s")), ("en", "English"), ("fr", "français")]


class PersonForm(UserModelForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES, required=False)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), choices=[(zone, zone) for zone in sorted(available_timezones())]
    )
    teams = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Teams"),
        queryset=Team.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email", "role", "capacity", "language", "timezone", "is_active"]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody has this address already."))
        return email


@policy("settings.write")
@require_GET
def people(request: Request) -> HttpResponse:
    """Everybody, those who left last; ?q finds."""
    words = request.GET.get("q", "").strip()
    rows = User.objects.prefetch_related("teams").order_by("-is_active", "first_name", "last_name", "pk")
    if words:
        named = Q(first_name__icontains=words) | Q(last_name__icontains=words) | Q(email__icontains=words)
        rows = rows.filter(named)
    counts = User.objects.aggregate(
        here=Count("pk", filter=Q(is_active=True)), gone=Count("pk", filter=~Q(is_active=True))
    )
    return render(request, PAGE, shell(request, "settings-people") | {"people": rows, "words": words, "counts": counts})


@policy("settings.write")
@require_GET
def edit_person(request: Request, person: int) -> HttpResponse:
    found = _person(person)
    teams = found.teams.all() if found.pk else []
    return _form(request, found, PersonForm(instance=found, initial={"teams": teams}))


@policy("settings.write")
@require_POST
def save_person(request: Request, person: int) -> HttpResponse:
    """A new colleague gets the link to set their password."""
    found = _person(person)
    form, is_new = PersonForm(request.POST, instance=_person(person)), found.pk is None
    if not form.is_valid():
        return _form(request, found, form, status=422)
    try:
        saved = staff.save_person(found, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, refusal.words)
        return _form(request, found, form, status=422)
    _tell(request, saved, invited=is_new)
    return redirect("settings-people")


@policy("settings.write")
@require_POST
def invite_person(request: Request, person: int) -> HttpResponse:
    """The link once more."""
    _tell(request, get_object_or_404(User, pk=person, is_active=True), invited=True)
    return redirect("settings-people")


def _tell(request: Request, person: User, *, invited: bool) -> None:
    if not invited:
        messages.success(request, _("Saved."))
    elif staff.invite(person, by=request.user):
        words = _("%(email)s has been sent the link to choose a password.") % {"email": person.email}
        messages.success(request, words)
    else:
        messages.error(request, _("Saved, but the mail could not leave. Send the link again when mail works."))


def _person(pk: int) -> User:
    return User() if pk == NEW else get_object_or_404(User, pk=pk)


def _form(request: Request, found: User, form: PersonForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "person": found, "number": found.pk or NEW}
    return render(request, PAGE, shell(request, "settings-people") | context, status=status)
