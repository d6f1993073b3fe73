"""/settings/channels/: mailboxes and the other ways in. One that has been used is switched off, never deleted (S57)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app.base import Finding
from channels_app.models import Channel, ChannelKind
from channels_app.registry import adapter_for
from helpdesk.lib.htmx import wants_fragment
from tickets.views.settings import shell
from tickets.views.settings.channel_form import MailboxForm

PAGE = "settings/channels.html"
NEW = 0


@policy("settings.write")
@require_GET
def channels(request: Request) -> HttpResponse:
    rows = Channel.objects.select_related("shop").order_by("-enabled", "kind", "name")
    return render(request, PAGE, shell(request, "settings-channels") | {"channels": rows})


@policy("settings.write")
@require_GET
def edit_channel(request: Request, channel: int) -> HttpResponse:
    return _form(request, MailboxForm(_mailbox(channel)))


@policy("settings.write")
@require_POST
def save_channel(request: Request, channel: int) -> HttpResponse:
    """Save; with the button "test" only try, and say in words what works."""
    form = MailboxForm(_mailbox(channel), request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    found = form.apply()
    if "test" in request.POST:
        return _form(request, form, adapter_for(found.kind).probe(found))
    found.save()
    messages.success(request, _("Saved. New mail is fetched within a minute."))
    return redirect("settings-channels")


@policy("settings.write")
@require_POST
def switch_channel(request: Request, channel: int) -> HttpResponse:
    """On or off. Its tickets stay; while it is off nothing is fetched or sent."""
    enabled = request.POST.get("enabled") == "1"
    Channel.objects.filter(pk=get_object_or_404(Channel, pk=channel).pk).update(enabled=enabled)
    messages.success(request, _("Switched on.") if enabled else _("Switched off. Its tickets stay readable."))
    return redirect("settings-channels")


def _mailbox(pk: int) -> Channel:
    if pk == NEW:
        return Channel(kind=ChannelKind.EMAIL)
    return get_object_or_404(Channel.objects.select_related("shop"), pk=pk, kind=ChannelKind.EMAIL)


def _form(
    request: Request, form: MailboxForm, findings: list[Finding] | None = None, *, status: int = 200
) -> HttpResponse:
    number = form.channel.pk or NEW
    context = {"form": form, "parts": form.parts(), "channel": form.channel, "number": number, "findings": findings}
    if wants_fragment(request):
        return render(request, f"{PAGE}#findings", context, status=status)
    return render(request, PAGE, shell(request, "settings-channels") | context, status=status)
