"""/settings/desk/: how each shop's desk behaves, and the blocked senders."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from accounts.models import Shop
from channels_app.models import ChannelKind
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.models import BlockedSender, DeskSettings
from tickets.views.settings import shell

PAGE = "settings/desk.html"
ARROW = "=>"
LONGEST_UNDO = 120  # seconds
UNDOABLE = (ChannelKind.EMAIL, ChannelKind.FORM, ChannelKind.SMS, ChannelKind.WHATSAPP)


class DeskForm(forms.Form):
    assignment = forms.ChoiceField(
        label=gettext_lazy("New tickets are handed out"),
        choices=DeskSettings._meta.get_field("assignment").choices or [],
    )
    reason_required = forms.BooleanField(label=gettext_lazy("A reason is needed to solve"), required=False)
    coach_blocks = forms.BooleanField(label=gettext_lazy("The reply coach may hold an answer back"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in UNDOABLE:
            self.fields[f"undo_{kind}"] = forms.IntegerField(label=kind.label, min_value=0, max_value=LONGEST_UNDO)
        for language, name in settings.LANGUAGES:
            self.fields[f"banned_{language}"] = _lines(_("Never say (%(language)s), one a line") % {"language": name})
            words = _("Say instead (%(language)s), as: words => better words")
            self.fields[f"rewrites_{language}"] = _lines(words % {"language": name})

    @classmethod
    def of(cls, row: DeskSettings) -> "DeskForm":
        start: dict[str, Any] = {name: getattr(row, name) for name in cls.base_fields}
        start |= {f"undo_{kind}": row.undo_for(kind) for kind in UNDOABLE}
        for language, _name in settings.LANGUAGES:
            lists = row.phrases.get(language, {})
            start[f"banned_{language}"] = "\n".join(lists.get("banned", []))
            pairs = [f"{before} {ARROW} {after}" for before, after in lists.get("rewrites", [])]
            start[f"rewrites_{language}"] = "\n".join(pairs)
        return cls(initial=start)

    def clean(self) -> dict[str, Any]:
        for language, _name in settings.LANGUAGES:
            for line in lines_of(self.cleaned_data.get(f"rewrites_{language}", "")):
                before, arrow, after = (part.strip() for part in line.partition(ARROW))
                if not (before and arrow and after):
                    words = _("“%(line)s”: expected words => better words.") % {"line": line}
                    self.add_error(f"rewrites_{language}", words)
        return self.cleaned_data

    def fill(self, row: DeskSettings) -> None:
        """Write the checked values into the row."""
        data = self.cleaned_data
        for name in self.base_fields:
            setattr(row, name, data[name])
        row.undo_seconds = row.undo_seconds | {str(kind): data[f"undo_{kind}"] for kind in UNDOABLE}
        for language, _name in settings.LANGUAGES:
            pairs = [line.partition(ARROW) for line in lines_of(data[f"rewrites_{language}"])]
            row.phrases[language] = row.phrases.get(language, {}) | {
                "banned": lines_of(data[f"banned_{language}"]),
                "rewrites": [[before.strip(), after.strip()] for before, _arrow, after in pairs],
            }


@policy("settings.write")
@require_GET
def desk(request: Request) -> HttpResponse:
    """The shop of `?shop=` by key, else the first."""
    shop = _shop(request.GET.get("shop", ""))
    row = DeskSettings.objects.filter(shop=shop).first() or DeskSettings(shop=shop)
    return _page(request, shop, DeskForm.of(row))


@policy("settings.write")
@require_POST
def save_desk(request: Request) -> HttpResponse:
    shop, form = _shop(request.POST.get("shop", "")), DeskForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, form, status=422)
    row = DeskSettings.of(shop)
    form.fill(row)
    row.save()
    messages.success(request, _("Saved."))
    return redirect(f"/settings/desk/?shop={shop.key}")


@policy("settings.write")
@require_POST
def block_address(request: Request) -> HttpResponse:
    try:
        actions.block_address(request.POST.get("value", ""), user=request.user, why=request.POST.get("why", ""))
    except Refused as refusal:
        messages.error(request, refusal.words)
    return redirect("/settings/desk/#blocked")


@policy("settings.write")
@require_POST
def unblock_address(request: Request) -> HttpResponse:
    actions.unblock(request.POST.get("value", ""))
    return redirect("/settings/desk/#blocked")


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _lines(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}))


def _shop(key: str) -> Shop:
    shops = Shop.objects.order_by("pk")
    return shops.filter(key=key).first() or get_object_or_404(shops[:1])


def _page(request: Request, shop: Shop, form: DeskForm, status: int = 200) -> HttpResponse:
    context = {"shop": shop, "shops": Shop.objects.all(), "form": form, "blocked": BlockedSender.objects.all()[:500]}
    return render(request, PAGE, context | shell(request, "settings-desk"), status=status)
