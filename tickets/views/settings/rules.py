"""/settings/rules/: when, if, then, in order; tried on the newest tickets before it counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from helpdesk.lib.htmx import wants_fragment
from helpdesk.lib.refused import Refused
from tickets import rules
from tickets.models import Rule, RuleVersion
from tickets.views.settings import shell
from tickets.views.settings.rows import again
from tickets.views.settings.rule_form import RuleForm

PAGE = "settings/rules.html"
RECENT = timedelta(days=30)
NEW = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list."""

    rule: Rule
    place: int
    runs: int


@policy("settings.write")
@require_GET
def rules_list(request: Request) -> HttpResponse:
    return _page(request, {})


@policy("settings.write")
@require_GET
def edit_rule(request: Request, key: str) -> HttpResponse:
    rule = _rule(key)
    return _editor(request, rule, RuleForm.of(rule))


@policy("settings.write")
@require_POST
def save_rule(request: Request, key: str) -> HttpResponse:
    """Save; or with another button add or take out a row, or try it on the newest tickets."""
    rule, form = _rule(key), RuleForm(request.POST)
    do = request.POST.get("do", "save")
    if do != "save":
        return _editor(request, rule, form.after(do), tried=do == "try")
    if form.wrong:
        return _editor(request, rule, form, status=422)
    try:
        rules.define(rule, by=request.user, **form.parts)
    except Refused as refusal:
        form.wrong[refusal.field] = refusal.words
        return _editor(request, rule, form, status=422)
    messages.success(request, _("Saved as version %(n)d. It counts from now on.") % {"n": rule.version})
    return redirect("edit-rule", rule.pk)


@policy("settings.write")
@require_POST
def toggle_rule(request: Request, key: str) -> HttpResponse:
    rule = _saved(key)
    rules.define(rule, by=request.user, active=not rule.active)
    return redirect("edit-rule", rule.pk)


@policy("settings.write")
@require_POST
def delete_rule(request: Request, key: str) -> HttpResponse:
    _saved(key).delete()
    messages.success(request, _("Deleted. What it has done stays."))
    return redirect("settings-rules")


@policy("settings.write")
@require_POST
def restore_rule(request: Request, key: str) -> HttpResponse:
    rule, version = _saved(key), request.POST.get("version", "")
    try:
        rules.restore(rule, int(version) if version.isdecimal() and len(version) < 9 else 0, by=request.user)
    except RuleVersion.DoesNotExist:
        messages.error(request, _("There is no such version."))
    except Refused as refusal:
        messages.error(request, refusal.words)
    return redirect("edit-rule", rule.pk)


@policy("settings.write")
@require_POST
def order_rules(request: Request) -> HttpResponse:
    """`up` or `down` moves one rule a place; `order` says all of them, as dragged."""
    ids = list(Rule.objects.values_list("pk", flat=True))
    if order := request.POST.get("order"):
        ids = [int(one) for one in order.split(",") if one.isdecimal() and len(one) < 19]
    for way, step in (("up", -1), ("down", 1)):
        pk = request.POST.get(way, "")
        if pk.isdecimal() and len(pk) < 19 and int(pk) in ids:
            place = ids.index(int(pk))
            ids.insert(max(0, place + step), ids.pop(place))
    rules.reorder(ids)
    return redirect("settings-rules")


def _editor(request: Request, rule: Rule, form: RuleForm, *, tried: bool = False, status: int = 200) -> HttpResponse:
    key = str(rule.pk or NEW)
    context: dict[str, Any] = {"rule": rule, "form": form, "key": key, "again": again(reverse("save-rule", args=[key]))}
    if tried and not form.wrong:
        context["dry"] = rules.dry_run(form.on(rule))
    if wants_fragment(request):
        return render(request, f"{PAGE}#editor", context, status=status)
    if rule.pk:
        context["versions"] = rule.versions.select_related("by")[:20]
        context["runs"] = rule.runs.select_related("ticket")[:20]
    return _page(request, context, status=status)


def _page(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    lines = {"lines": _lines()}
    return render(request, PAGE, lines | context | shell(request, "settings-rules"), status=status)


def _lines() -> list[Line]:
    """Every rule with its runs of the last 30 days."""
    recent = Q(runs__at__gt=timezone.now() - RECENT, runs__refused="")
    rows = Rule.objects.annotate(recent=Count("runs", filter=recent)).order_by("position", "pk")
    return [Line(rule, place, rule.recent) for place, rule in enumerate(rows, start=1)]


def _rule(key: str) -> Rule:
    return Rule(active=False) if key == NEW else _saved(key)


def _saved(key: str) -> Rule:
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    return get_object_or_404(Rule.objects.select_related("shop"), pk=int(key))
