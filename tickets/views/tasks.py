"""/tasks/: what somebody has to do until a time, made by rules, macros or by hand on a ticket."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import may, policy
from accounts.http import Request
from accounts.models import User
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.article_gaps import WRITE
from tickets.models import Task, Ticket
from tickets.views.customers import side_again
from tickets.views.to_do import shown

PAGE_SIZE = 50
LISTS = [("mine", gettext_lazy("mine")), ("all", gettext_lazy("all")), ("done", gettext_lazy("done"))]


class TaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("To do"), max_length=200)
    due_at = forms.DateTimeField(label=gettext_lazy("Until"), required=False)


@policy("desk.use")
@require_GET
def tasks(request: Request) -> HttpResponse:
    """The next due first; `?show=` mine (what is mine or my teams'), all, or done (the newest first)."""
    show = request.GET.get("show", "mine")
    show = show if show in dict(LISTS) else "mine"
    page = Paginator(_rows(request.user, show), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "to_do": [shown(one, timezone.now()) for one in page],
        "show": show,
        "lists": LISTS,
        "may_write": may(request.user, "ticket.write"),
    }
    return render(request, "tickets/tasks.html", context)


@policy("ticket.write")
@require_POST
def add_task(request: Request, number: int) -> HttpResponse:
    """For the colleague who writes it down."""
    ticket, form = get_ticket(request.user, number), TaskForm(request.POST)
    if not form.is_valid():
        return side_again(request, number, refused=("task", next(iter(form.errors.values()))[0]))
    actions.set_task(ticket, by=Actor.agent(request.user), user=request.user, **form.cleaned_data)
    return side_again(request, number)


@policy("ticket.write")
@require_POST
def finish_task(request: Request, pk: int) -> HttpResponse:
    """It is done; back to where that was said."""
    task = get_object_or_404(_visible(request.user), pk=pk)
    actions.finish_task(task, by=Actor.agent(request.user), outcome=request.POST.get("outcome", "")[:2000])
    messages.success(request, _("Done: %(title)s") % {"title": task.title})
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "tasks")


def _visible(user: User) -> QuerySet[Task]:
    seen = Ticket.objects.visible_to(user).present().values("pk")
    own = Q(user=user) | Q(team__in=user.team_ids()) | _articles(user)
    return Task.objects.filter(Q(ticket__in=seen) | Q(own, ticket=None))


def _articles(user: User) -> Q:
    """Articles to write are everybody's who may write them."""
    return Q(kind=WRITE, user=None, team=None) if may(user, "articles.write") else Q(pk__in=[])


def _rows(user: User, show: str) -> QuerySet[Task]:
    rows = _visible(user).select_related("user", "team", "ticket__customer")
    if show == "done":
        return rows.filter(done_at__isnull=False).select_related("done_by").order_by("-done_at", "-pk")
    mine = Q(user=user) | Q(user=None, team__in=user.team_ids()) | Q(user=None, team=None, ticket__assignee=user)
    rows = rows.filter(mine | _articles(user)) if show == "mine" else rows
    return rows.filter(done_at=None).order_by(F("due_at").asc(nulls_last=True), "pk")
