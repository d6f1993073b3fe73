"""/settings/teams/: who shares a queue. A team is not deleted: its tickets would become everybody's."""

from typing import TYPE_CHECKING

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
from tickets.views.settings import shell

if TYPE_CHECKING:
    TeamModelForm = forms.ModelForm[Team]
else:
    TeamModelForm = forms.ModelForm  # not subscriptable at run time

PAGE = "settings/teams.html"
NEW = 0


class TeamForm(TeamModelForm):
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"),
        queryset=User.objects.filter(is_active=True),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "check"}),
    )

    class Meta:
        model = Team
        fields = ["name", "key"]
        error_messages = {"key": {"unique": gettext_lazy("Another team has this key.")}}


@policy("settings.write")
@require_GET
def teams(request: Request) -> HttpResponse:
    rows = Team.objects.annotate(people=Count("members", filter=Q(members__is_active=True)))
    return render(request, PAGE, shell(request, "settings-teams") | {"teams": rows})


@policy("settings.write")
@require_GET
def edit_team(request: Request, team: int) -> HttpResponse:
    found = _team(team)
    members = found.members.all() if found.pk else []
    return _form(request, found, TeamForm(instance=found, initial={"members": members}))


@policy("settings.write")
@require_POST
def save_team(request: Request, team: int) -> HttpResponse:
    """Who left keeps their place in it: only those who work here are ticked."""
    found = _team(team)
    form = TeamForm(request.POST, instance=_team(team))
    if not form.is_valid():
        return _form(request, found, form, status=422)
    given = form.cleaned_data
    gone = found.members.filter(is_active=False) if found.pk else User.objects.none()
    staff.save_team(found, name=given["name"], key=given["key"], members=[*given["members"], *gone])
    messages.success(request, _("Saved."))
    return redirect("settings-teams")


def _team(pk: int) -> Team:
    return Team() if pk == NEW else get_object_or_404(Team, pk=pk)


def _form(request: Request, found: Team, form: TeamForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "team": found, "number": found.pk or NEW}
    return render(request, PAGE, shell(request, "settings-teams") | context, status=status)
