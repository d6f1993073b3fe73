"""/settings/sla/: targets for replies and solutions, each with its effect before it is saved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from helpdesk.lib.htmx import wants_fragment
from tickets.forecast import Effect, due_now, effect_of
from tickets.models import Deadline, SlaPolicy
from tickets.sla import revise
from tickets.sla_presets import PRESETS, Preset, apply, policies_of
from tickets.views.clock import moment
from tickets.views.settings import shell
from tickets.views.settings.sla_form import SlaForm, span_in_full

PAGE = "settings/sla.html"
NEW = "new"


@dataclass(frozen=True, slots=True)
class Share:
    """How often one kind of target would have been kept: percent as shown, and how many fell due."""

    label: str
    percent: str
    judged: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy in the list."""

    policy: SlaPolicy
    targets: str


@policy("settings.write")
@require_GET
def sla(request: Request) -> HttpResponse:
    """Every policy in its order, and the presets; `?preset=` shows what one would have meant."""
    chosen = next((one for one in PRESETS if one.key == request.GET.get("preset")), None)
    rows = SlaPolicy.objects.select_related("shop").order_by("shop__name", "position", "pk")
    context = {
        "policies": [Shown(one, _targets(one)) for one in rows],
        "presets": PRESETS,
        "chosen": chosen,
        "chosen_effects": _preset_effects(chosen) if chosen else [],
    }
    return render(request, PAGE, context | shell(request, "settings-sla"))


@policy("settings.write")
@require_GET
def edit_sla(request: Request, key: str) -> HttpResponse:
    found = _policy(key)
    return _form(request, found, SlaForm.of(found))


@policy("settings.write")
@require_POST
def save_sla(request: Request, key: str) -> HttpResponse:
    """Save, or with the button "effect" (or as fields change) only show what it would have meant."""
    found, form = _policy(key), SlaForm(request.POST)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    revise(found, form.changes(), at=timezone.now())
    if "effect" in request.POST or wants_fragment(request):
        now = timezone.now()
        return _form(request, found, form, _shares(effect_of(found, at=now)) | {"due": _due_now(found, now)})
    found.save()
    messages.success(request, _("Saved. It counts for every wait that begins from now on."))
    return redirect("settings-sla")


@policy("settings.write")
@require_POST
def delete_sla(request: Request, key: str) -> HttpResponse:
    get_object_or_404(SlaPolicy, key=key).delete()
    messages.success(request, _("Deleted. What was promised by it stays promised."))
    return redirect("settings-sla")


@policy("settings.write")
@require_POST
def apply_sla_preset(request: Request) -> HttpResponse:
    preset = next((one for one in PRESETS if one.key == request.POST.get("preset")), None)
    if preset is None:
        return HttpResponse(_("There is no such set."), status=400, content_type="text/plain")
    for shop in Shop.objects.all():
        apply(preset, shop, at=timezone.now())
    messages.success(request, _("In force for every wait that begins from now on."))
    return redirect("settings-sla")


def _form(
    request: Request, found: SlaPolicy, form: SlaForm, effect: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"policy": found, "form": form, "effect": effect, "key": NEW if found._state.adding else found.key}
    if wants_fragment(request):
        return render(request, f"{PAGE}#effect", context, status=status)
    return render(request, PAGE, context | shell(request, "settings-sla"), status=status)


def _policy(key: str) -> SlaPolicy:
    if key != NEW:
        return get_object_or_404(SlaPolicy.objects.select_related("shop"), key=key)
    shop = Shop.objects.order_by("pk").first()
    if shop is None:
        raise Http404
    number = SlaPolicy.objects.count() + 1
    stem = slugify(_("targets"))
    taken = set(SlaPolicy.objects.filter(key__startswith=stem).values_list("key", flat=True))
    free = next(name for name in (f"{stem}-{number + more}" for more in range(len(taken) + 1)) if name not in taken)
    return SlaPolicy(key=free, shop=shop, position=number)


def _targets(one: SlaPolicy) -> str:
    """What a policy promises, on one line."""
    labels = {
        Deadline.Kind.FIRST_REPLY: one.first_reply,
        Deadline.Kind.NEXT_REPLY: one.next_reply,
        Deadline.Kind.RESOLUTION: one.resolution,
    }
    return " · ".join(f"{kind.label} {_bound(seconds)}" for kind, seconds in labels.items() if seconds)


def _bound(seconds: int) -> str:
    """A target in words; a second less than a round time is "below" it."""
    return f"< {span_in_full(seconds + 1)}" if (seconds + 1) % 60 == 0 else span_in_full(seconds)


def _shares(effect: Effect) -> dict[str, Any]:
    shares = []
    for kind in Deadline.Kind:
        share = effect.share(kind)
        if share is not None:
            shares.append(Share(str(kind.label), f"{share:.0f} %", effect.judged[kind][1]))
    return {"looked_at": effect.looked_at, "fitting": effect.fitting, "shares": shares}


def _due_now(found: SlaPolicy, now: datetime) -> list[tuple[str, str]]:
    """What a message arriving now would be given, in words: (label, instant)."""
    dues = due_now(found, at=now)
    return [(str(kind.label), moment(due_at, now) if due_at else _("never")) for kind, due_at in dues.items()]


def _preset_effects(preset: Preset) -> list[tuple[SlaPolicy, str, dict[str, Any]]]:
    at = timezone.now()
    rows = [one for shop in Shop.objects.all() for one in policies_of(preset, shop)]
    return [(one, _targets(one), _shares(effect_of(one, at=at))) for one in rows]
