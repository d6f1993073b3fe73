"""The views that people keep: /filters/ shows the form, POST /views/… saves, moves and deletes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Team, User
from helpdesk.lib.htmx import go, render_part
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_view, visible_views
from tickets.actions.saved_views import may_edit_view
from tickets.views import filters
from tickets.views.listing import Listing, listing
from tickets.views.ordering import ORDERINGS

PAGE = "tickets/inbox_filters.html"
ICONS = ("layers", "star", "case", "truck", "box", "globe", "shop", "phone", "gift", "warn")
UNDO = timedelta(seconds=30)
KEPT = "deleted-view"  # in the session


@policy("desk.use")
@require_GET
def choose_filters(request: Request) -> HttpResponse:
    """Every filter of the list, and the form that keeps them as a view."""
    return render_part(request, PAGE, "form", _context(request, listing(request, size=0)))


@policy("desk.use")
@require_POST
def save_view(request: Request) -> HttpResponse:
    return _save(request, None)


@policy("desk.use")
@require_POST
def edit_view(request: Request, pk: int) -> HttpResponse:
    """Its name, for whom it is, and what it holds now."""
    return _save(request, pk)


@policy("desk.use")
@require_POST
def delete_view(request: Request, pk: int) -> HttpResponse:
    view = get_view(request.user, pk)
    try:
        kept = actions.delete_view(view, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.words)
        return go(request, f"/?view=v{pk}")
    until = timezone.now() + UNDO
    request.session[KEPT] = {"until": until.isoformat(), "view": kept}
    way_back = f"{reverse('restore-view')}?{urlencode({'until': until.isoformat()})}"
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name}, extra_tags=way_back)
    return go(request, "/")


@policy("desk.use")
@require_POST
def restore_view(request: Request) -> HttpResponse:
    """Bring back the view that was just deleted."""
    kept = request.session.pop(KEPT, None)
    if kept is None or datetime.fromisoformat(kept["until"]) < timezone.now():
        messages.error(request, _("It is too late to undo that."))
        return go(request, "/")
    view = actions.restore_view(kept["view"], by=request.user)
    return go(request, f"/?view=v{view.pk}")


@policy("desk.use")
@require_POST
def move_views(request: Request) -> HttpResponse:
    """Put the views into the order of `order` (their numbers), or the one of `up` or `down` one place on."""
    views = [view for view in visible_views(request.user) if may_edit_view(request.user, view)]
    wanted = request.POST.getlist("order") or _stepped([str(view.pk) for view in views], request.POST)
    places = {pk: place for place, pk in enumerate(wanted)}
    views.sort(key=lambda view: places.get(str(view.pk), len(places)))
    actions.set_order_of_views(views, by=request.user)
    return HttpResponse(status=204) if "order" in request.POST else go(request, "/")


def _stepped(order: list[str], asked: QueryDict) -> list[str]:
    for name, step in (("up", -1), ("down", 1)):
        moved = str(asked.get(name, ""))
        if moved in order:
            place = order.index(moved)
            order.insert(min(max(place + step, 0), len(order)), order.pop(place))
    return order


def _save(request: Request, pk: int | None) -> HttpResponse:
    view = get_view(request.user, pk) if pk is not None else None
    scope = request.POST.get("scope", "mine")
    team = Team.objects.filter(key=scope.removeprefix("team:")).first() if scope.startswith("team:") else None
    ordering = request.POST.get("order", "")
    try:
        saved = actions.save_view(
            view,
            name=request.POST.get("name", ""),
            team=team,
            mine=scope not in ("all",) and team is None,
            by=request.user,
            filters=filters.asked_filters(request.POST),
            ordering=ordering if ordering in ORDERINGS else "due",
            icon=request.POST.get("icon", "") if request.POST.get("icon") in ICONS else "layers",
        )
    except Refused as refusal:
        return _again(request, refusal)
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": saved.name})
    return go(request, f"/?view=v{saved.pk}")


def _again(request: Request, refusal: Refused) -> HttpResponse:
    """The form with what is wrong with it."""
    shown = Listing(request.user, request.POST.get("view", ""), filters.asked_filters(request.POST), size=0)
    context = _context(request, shown) | {"refusal": refusal, "name": request.POST.get("name", "")}
    return render(request, PAGE, context, status=422)


def _context(request: Request, shown: Listing) -> dict[str, Any]:
    saved = shown.queue.saved
    own = filters.chosen(saved.filters) if saved else {}
    return {
        "list": shown,
        "fields": _fields(request.user, own | shown.filters),
        "orderings": ORDERINGS.values(),
        "icons": ICONS,
        "name": saved.name if saved else "",
        "saved": saved if saved and may_edit_view(request.user, saved) else None,
        "teams": filters.teams_of(request.user),
    }


def _fields(user: User, now: Mapping[str, list[str]]) -> dict[str, list[dict[str, Any]]]:
    """`choices`: each filter with what it offers, (value, label, chosen); `yes`: those that hold or not."""
    shown: dict[str, list[dict[str, Any]]] = {"choices": [], "yes": []}
    for name, one in filters.FILTERS.items():
        chosen = now.get(name, [])
        offered = dict(one.choices(user) if one.choices else ())
        offered |= {value: one.words(value, user) for value in chosen if value not in offered and one.choices}
        options = [(value, words, value in chosen) for value, words in offered.items()]
        field = {"name": name, "label": one.label, "options": options, "on": bool(chosen)}
        shown["choices" if one.choices else "yes"].append(field)
    return shown
