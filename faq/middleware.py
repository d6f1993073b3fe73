"""A shop's own domain (help.shop.com) shows its public pages and nothing else of this installation."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from faq.models import HelpCentre

OUR_HOST = urlsplit(settings.PUBLIC_URL).hostname
KEPT = 60  # seconds that a host's shop is remembered
SHARED = ("/static/", "/survey/", "/widget/", "/chat/")  # public pages whose addresses do not name the shop


class OwnDomainMiddleware:
    """Hosts reach this only when ALLOWED_HOSTS lets them: a domain needs the operator's word and the shop's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.get_host().partition(":")[0].lower()
        shop = "" if host == OUR_HOST else shop_at(host)
        if not shop:
            return self.get_response(request)
        home = f"/help/{shop}/"
        if request.path == "/":
            return HttpResponseRedirect(home)
        if request.path.startswith((home, *SHARED)):
            return self.get_response(request)
        title = _("There is nothing here")
        text = _("The address is wrong, or what it showed is gone.")
        return render(request, "problem.html", {"title": title, "text": text}, status=404)


def shop_at(host: str) -> str:
    """The key of the shop whose public pages answer at this host; "" for none."""
    found = cache.get(f"help-host:{host}")
    if found is None:
        found = HelpCentre.objects.filter(host=host).values_list("shop__key", flat=True).first() or ""
        cache.set(f"help-host:{host}", found, KEPT)
    return str(found)


def forget(*hosts: str | None) -> None:
    cache.delete_many([f"help-host:{host}" for host in hosts if host])
