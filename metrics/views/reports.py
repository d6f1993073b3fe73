"""/figures/reports/: figures that come by mail."""

from datetime import time

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MANAGERS, policy
from accounts.http import Request
from accounts.models import Shop, User
from helpdesk.lib.htmx import go
from helpdesk.lib.refused import Refused
from metrics import reports as actions
from metrics import weekdays
from metrics.models import Report
from metrics.views.frame import frame


def _weekdays() -> list[tuple[int, str]]:
    return list(enumerate(weekdays.names()))


class ReportForm(forms.Form):
    shop = forms.ModelChoiceField(Shop.objects.order_by("name"), label=_("shop"), empty_label=None)
    every = forms.ChoiceField(choices=Report.Every.choices, initial=Report.Every.WEEK, label=_("how often"))
    weekday = forms.TypedChoiceField(choices=_weekdays, coerce=int, initial=0, label=_("weekday, of weekly ones"))
    hour = forms.TimeField(
        label=_("time, by the shop's clock"), initial=time(8), widget=forms.TimeInput({"type": "time"})
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.filter(role__in=MANAGERS, is_active=True).order_by("first_name"),
        label=_("to whom"),
        widget=forms.CheckboxSelectMultiple,
    )


@policy("figures.read")
@require_GET
def reports(request: Request) -> HttpResponse:
    return _shown(request, ReportForm(initial={"people": [request.user.pk]}))


@policy("figures.write")
@require_POST
def add_report(request: Request) -> HttpResponse:
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, status=422)
    asked = form.cleaned_data
    try:
        actions.schedule(**(asked | {"people": list(asked["people"])}), by=request.user)
    except Refused as refused:
        form.add_error(refused.field, refused.words)
        return _shown(request, form, status=422)
    return go(request, "/figures/reports/")


@policy("figures.write")
@require_POST
def drop_report(request: Request, pk: int) -> HttpResponse:
    actions.unschedule(get_object_or_404(Report, pk=pk))
    return go(request, "/figures/reports/")


def _shown(request: Request, form: ReportForm, status: int = 200) -> HttpResponse:
    names = dict(_weekdays())
    rows = Report.objects.select_related("shop").prefetch_related("people")
    now = timezone.now()
    told = [{"report": row, "weekday": names[row.weekday], "next": actions.next_due(row, now)} for row in rows]
    context = {"form": form, "reports": told}
    return render(request, "metrics/reports.html", context | frame(request, "figures-reports"), status=status)
