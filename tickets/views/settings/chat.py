"""/settings/chat/<channel>/: a shop's chat widget, with a preview and the line that its pages carry."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from channels_app.models import Channel, ChannelKind
from faq.visitor import speaking
from tickets.views.chat.frame import page
from tickets.views.settings import shell
from tickets.views.settings.chat_form import ChatForm

NEW = 0


@policy("settings.write")
@require_GET
def edit_chat(request: Request, channel: int) -> HttpResponse:
    return _form(request, ChatForm(_chat(channel)))


@policy("settings.write")
@require_POST
def save_chat(request: Request, channel: int) -> HttpResponse:
    form = ChatForm(_chat(channel), request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    saved = form.apply()
    saved.save()
    messages.success(request, _("Saved. The shop’s pages follow within a minute."))
    return redirect("chat-settings", saved.pk)


@policy("settings.write")
@require_POST
def preview_chat(request: Request, channel: int) -> HttpResponse:
    """What visitors would see, for the frame beside the form; nothing is kept."""
    form = ChatForm(_chat(channel), request.POST)
    if not form.is_valid():
        return HttpResponse(_("Correct the form first."), content_type="text/plain; charset=utf-8", status=422)
    shown = form.apply()
    with speaking(request, shown.shop, shown.shop.default_language):
        return page(request, shown, shown.shop.default_language)


def _chat(pk: int) -> Channel:
    if pk == NEW:
        return Channel(kind=ChannelKind.CHAT)
    return get_object_or_404(Channel.objects.select_related("shop__help_centre"), pk=pk, kind=ChannelKind.CHAT)


def _form(request: Request, form: ChatForm, *, status: int = 200) -> HttpResponse:
    channel = form.channel
    context = {"form": form, "parts": form.parts(), "channel": channel, "number": channel.pk or NEW}
    if channel.pk:
        loader = reverse("widget", kwargs={"shop": channel.shop.key})
        context["snippet"] = f'<script src="{settings.PUBLIC_URL.rstrip("/")}{loader}" async></script>'
    return render(request, "settings/chat.html", shell(request, "settings-channels") | context, status=status)
