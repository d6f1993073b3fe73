"""/settings/tags/: the words put on tickets; renamed everywhere at once, doubles made one."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.models import Tag
from tickets.views.settings import shell

PAGE = "settings/tags.html"


class RenameTagForm(forms.Form):
    tag = forms.ModelChoiceField(Tag.objects.all(), label=gettext_lazy("This tag"), empty_label=gettext_lazy("Choose…"))
    name = forms.CharField(label=gettext_lazy("New name"), max_length=60)


class MergeTagsForm(forms.Form):
    tag = forms.ModelChoiceField(Tag.objects.all(), label=gettext_lazy("This tag"), empty_label=gettext_lazy("Choose…"))
    into = forms.ModelChoiceField(
        Tag.objects.all(), label=gettext_lazy("becomes part of"), empty_label=gettext_lazy("Choose…")
    )


@policy("settings.write")
@require_GET
def tags(request: Request) -> HttpResponse:
    return _page(request, RenameTagForm(), MergeTagsForm())


@policy("settings.write")
@require_POST
def rename_tag(request: Request) -> HttpResponse:
    form = RenameTagForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_tag(form.cleaned_data["tag"], name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.words)
        else:
            messages.success(request, _("Saved."))
            return redirect("settings-tags")
    return _page(request, form, MergeTagsForm(), status=422)


@policy("settings.write")
@require_POST
def merge_tags(request: Request) -> HttpResponse:
    form = MergeTagsForm(request.POST)
    if form.is_valid():
        try:
            changed = actions.merge_tags(form.cleaned_data["tag"], into=form.cleaned_data["into"])
        except Refused as refusal:
            form.add_error(refusal.field, refusal.words)
        else:
            messages.success(request, _("%(n)d tickets changed.") % {"n": changed})
            return redirect("settings-tags")
    return _page(request, RenameTagForm(), form, status=422)


def _page(request: Request, renaming: RenameTagForm, merging: MergeTagsForm, status: int = 200) -> HttpResponse:
    context = {"tags": Tag.objects.all(), "renaming": renaming, "merging": merging}
    return render(request, PAGE, context | shell(request, "settings-tags"), status=status)
