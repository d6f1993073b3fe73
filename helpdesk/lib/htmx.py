"""How views answer a browser with and without htmx, in one place."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


def wants_fragment(request: HttpRequest) -> bool:
    """True for an htmx request that swaps a part of the page; a boosted link wants the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def render_part(request: HttpRequest, page: str, part: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The named partial of `page` for htmx, the whole page otherwise. 422 is for a form with errors."""
    template = f"{page}#{part}" if wants_fragment(request) else page
    return render(request, template, context, status=status)


def go(request: HttpRequest, url: str) -> HttpResponse:
    """After a change: a redirect, which htmx is told to follow as a page of its own."""
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
