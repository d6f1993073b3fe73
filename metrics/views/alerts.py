"""/figures/alerts/: days unlike their days, each with its evidence and, once known, its cause."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import go
from metrics import alerts as actions
from metrics.models import Alert
from metrics.views.frame import frame

MOST = 100


@policy("figures.read")
@require_GET
def alerts(request: Request) -> HttpResponse:
    """The open ones, then the latest put away."""
    rows = Alert.objects.select_related("shop", "reason", "closed_by")
    context = {"open": actions.told(rows.open()[:MOST]), "closed": actions.told(rows.exclude(closed_at=None)[:MOST])}
    return render(request, "metrics/alerts.html", context | frame(request, "figures-alerts"))


@policy("figures.write")
@require_POST
def close_alert(request: Request, pk: int) -> HttpResponse:
    """Put it away, with the cause if one is given."""
    alert = get_object_or_404(Alert, pk=pk)
    actions.close(alert, by=request.user, cause=request.POST.get("cause", "").strip())
    return go(request, "/figures/alerts/")
