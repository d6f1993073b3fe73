"""/settings/macros/: prepared answers, who uses them, and which have grown old."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import User
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.refused import Refused
from tickets import macros
from tickets.models import Macro
from tickets.views.settings import shell
from tickets.views.settings.macro_form import MacroForm
from tickets.views.settings.rows import again

PAGE = "settings/macros.html"
NEW = "new"


@policy("macro.write")
@require_GET
def macros_list(request: Request) -> HttpResponse:
    """The usage and age report; `?archived` shows those put away."""
    archived = "archived" in request.GET
    rows = macros.usage(macros.visible_to(request.user).filter(archived=archived))
    return render(request, PAGE, {"rows": rows, "archived": archived} | shell(request, "settings-macros"))


@policy("macro.write")
@require_GET
def edit_macro(request: Request, key: str) -> HttpResponse:
    macro = _macro(request.user, key)
    return _editor(request, macro, MacroForm.of(macro, request.user))


@policy("macro.write")
@require_POST
def save_macro(request: Request, key: str) -> HttpResponse:
    """Save; or with another button add or take out a row."""
    macro, form = _macro(request.user, key), MacroForm(request.POST, request.user)
    do = request.POST.get("do", "save")
    if do != "save":
        return _editor(request, macro, form.after(do))
    try:
        macros.define(macro, by=request.user, **form.parts)
    except Refused as refusal:
        form.wrong[refusal.field] = refusal.words
        return _editor(request, macro, form, status=422)
    messages.success(request, _("“%(name)s” is saved.") % {"name": macro.name})
    return redirect("settings-macros")


@policy("macro.write")
@require_POST
def archive_macro(request: Request, key: str) -> HttpResponse:
    """Put it away, or take it out again: what used it stays."""
    macro = _macro(request.user, key)
    try:
        macros.define(macro, by=request.user, archived=not macro.archived)
    except Refused as refusal:
        messages.error(request, refusal.words)
    return redirect("settings-macros")


def _editor(request: Request, macro: Macro, form: MacroForm, status: int = 200) -> HttpResponse:
    key = str(macro.pk or NEW)
    context: dict[str, Any] = {"macro": macro, "form": form, "key": key}
    context["may_change"] = macros.may_edit(request.user, team=macro.team, owner=macro.owner)
    context["again"] = again(reverse("save-macro", args=[key]))
    if wants_fragment(request):
        return render(request, f"{PAGE}#editor", context, status=status)
    return render(request, PAGE, context | shell(request, "settings-macros"), status=status)


def _macro(user: User, key: str) -> Macro:
    if key == NEW:
        return Macro(owner=user)
    found = macros.visible_to(user).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise Http404
    return found
