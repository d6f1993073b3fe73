"""/settings/archive/: everything in, everything out; each import is looked at before it changes anything."""

import csv
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.refused import Refused
from metrics.archive import jobs
from metrics.archive.converters import NAMES
from metrics.archive.lines.line import Result
from metrics.archive.models import ArchiveJob, JobState
from metrics.archive.report import progress
from metrics.archive.scan import TYPES
from tickets.views.settings import shell

SHOWN, LINES = 20, 100  # jobs; refused lines on the page, all that are kept are in the CSV
KINDS = {
    "shop": _("Shops"),
    "team": _("Teams"),
    "calendar": _("Opening hours"),
    "agent": _("People"),
    "reason": _("Reasons"),
    "scorecard": _("Scorecards"),
    "target": _("Reply targets"),
    "customer": _("Customers"),
    "order": _("Orders"),
    "ticket": _("Tickets"),
    "attachment": _("Files"),
    "self_service": _("Self-service"),
    "line": _("Unreadable lines"),
    "deadlines": _("Deadlines"),
}


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files of any size: they stand on the disk, never in memory."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given or [None]]


class ImportForm(forms.Form):
    source = forms.ChoiceField(
        label=_("Where it comes from"), required=False, choices=[("", _("Comptoir (archive)")), *NAMES.items()]
    )
    shop = forms.ModelChoiceField(
        label=_("Shop of its tickets"),
        queryset=Shop.objects.order_by("name"),
        required=False,
        help_text=_("Only for another helpdesk’s export: an archive names its shops."),
    )
    upload = FilesField(label=_("Files"), help_text=_("An archive, or the pages of the export, as JSON."))
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("source") and not given.get("shop"):
            self.add_error("shop", _("Another helpdesk’s export does not say to which shop it belongs."))
        return given


@policy("archive.move")
@require_GET
def archive(request: Request) -> HttpResponse:
    return _page(request, ImportForm(initial={"token": uuid4()}))


@policy("archive.move")
@require_POST
def export_archive(request: Request) -> HttpResponse:
    form = forms.UUIDField()
    try:
        token = form.clean(request.POST.get("token"))
    except forms.ValidationError:
        return redirect("settings-archive")
    return redirect("archive-job", jobs.begin_export(by=request.user, token=token).pk)


@policy("archive.move")
@require_POST
def import_archive(request: Request) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    shop = given["shop"] if given["source"] else None
    job = jobs.begin_import(given["upload"], source=given["source"], shop=shop, by=request.user, token=given["token"])
    return redirect("archive-job", job.pk)


@policy("archive.move")
@require_GET
def archive_job(request: Request, pk: int) -> HttpResponse:
    """How far it is, what was found, and what can be done about it."""
    job = get_object_or_404(ArchiveJob.objects.select_related("by", "confirmed_by", "shop"), pk=pk)
    part = "#fate" if wants_fragment(request) else ""
    return render(request, f"settings/archive_job.html{part}", shell(request, "settings-archive") | _fate(job))


@policy("archive.move")
@require_POST
def confirm_archive(request: Request, pk: int) -> HttpResponse:
    return _told(request, pk, lambda job: jobs.confirm(job, by=request.user))


@policy("archive.move")
@require_POST
def drop_archive(request: Request, pk: int) -> HttpResponse:
    return _told(request, pk, jobs.drop)


@policy("archive.move")
@require_POST
def resume_archive(request: Request, pk: int) -> HttpResponse:
    return _told(request, pk, jobs.resume)


@policy("archive.move")
@never_cache
@require_GET
def archive_file(request: Request, pk: int) -> FileResponse:
    """The archive that was exported, while its day lasts."""
    job = get_object_or_404(ArchiveJob, pk=pk, is_export=True, state=JobState.DONE, files_until__gt=timezone.now())
    if not (job.file and job.file.storage.exists(job.file.name)):
        raise Http404
    name = f"comptoir-{job.created_at:%Y-%m-%d}.ndjson"
    return FileResponse(job.file.open("rb"), as_attachment=True, filename=name, content_type="application/x-ndjson")


@policy("archive.move")
@require_GET
def refused_lines(request: Request, pk: int) -> HttpResponse:
    """Every refused line that was kept, as CSV."""
    job = get_object_or_404(ArchiveJob, pk=pk)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{job.pk}.csv"'
    rows = csv.writer(response)
    rows.writerow(["line", "field", "why"])
    rows.writerows(_said(job).get("refused", []))
    return response


def _told(request: Request, pk: int, verb: Any) -> HttpResponse:
    try:
        verb(get_object_or_404(ArchiveJob, pk=pk))
    except Refused as refused:
        messages.error(request, refused.words)
    return redirect("archive-job", pk)


def _page(request: Request, form: ImportForm, status: int = 200) -> HttpResponse:
    rows = ArchiveJob.objects.select_related("by", "confirmed_by").order_by("-pk")[:SHOWN]
    context = {"form": form, "jobs": rows, "export_token": uuid4()}
    return render(request, "settings/archive.html", shell(request, "settings-archive") | context, status=status)


def _said(job: ArchiveJob) -> dict[str, Any]:
    """The report of the import itself once there is one, else that of its check."""
    found: dict[str, Any] = job.report.get("done", job.report)
    return found


def _fate(job: ArchiveJob) -> dict[str, Any]:
    what, done, total = progress(job.pk) if job.is_at_work else ("", 0, 0)
    said = _said(job)
    counts = said.get("counts", {})
    sums = {result.value: sum(found[result] for found in counts.values()) for result in Result}
    return {
        "job": job,
        "source": NAMES.get(job.source, _("Comptoir (archive)")),
        "step": KINDS.get(what, ""),
        "done": done,
        "total": total,
        "counts": [(KINDS[kind], counts[kind]) for kind in ("line", *TYPES) if kind in counts],
        "lines": [(KINDS[kind], n) for kind, n in job.report.get("lines", {}).items()],
        "sums": sums,
        "refused": said.get("refused", [])[:LINES],
        "unshown": max(0, sums["bad"] - LINES),
        "notes": said.get("notes", [])[:LINES],
        "ready": job.is_export and job.state == JobState.DONE and job.files_until > timezone.now() and job.file,
    }
