"""Who reads a public page: their language, and a name by which one browser is counted once."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from accounts.access import PUBLIC, policy
from accounts.models import Shop
from helpdesk.lib import compiled

LANGUAGE_COOKIE = "help_language"
VISITOR_COOKIE = "help_visitor"
YEAR = 365 * 86400
PublicView = Callable[..., HttpResponse]


def public_page(view: PublicView) -> Callable[..., HttpResponseBase]:
    """For views of /help/<shop>/...: `view(request, shop, language, ...)` runs in the visitor's language.

    A language that the address names must be one of the shop's; without one the visitor's choice, then the
    browser's, then the shop's default decides. 404 for a shop or language that is not there.
    """

    @policy(PUBLIC)
    @wraps(view)
    def page(request: HttpRequest, shop: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = shop_called(shop)
        named = str(kwargs.pop("language", ""))
        if found is None or (named and named not in found.languages):
            raise Http404
        language = named or preferred_language(request, found)
        with speaking(request, found, language):
            response = view(request, found, language, *args, **kwargs)
        response.headers["Content-Language"] = language
        if not named:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return page


def shop_called(key: str) -> Shop | None:
    """A shop by its key, with its help centre."""
    shops: list[Shop] = compiled.found(lambda: Shop.objects.select_related("help_centre"), "shops")  # a handful
    return next((shop for shop in shops if shop.key == key), None)


def missing_page(request: HttpRequest) -> HttpResponse | None:
    """What stands at an address of a shop's public pages where nothing is; None for any other address."""
    _root, top, key, named, *_rest = [*request.path_info.split("/"), "", "", ""]
    shop = shop_called(key) if top == "help" else None
    if shop is None or "text/html" not in request.headers.get("Accept", ""):
        return None
    language = named if named in shop.languages else preferred_language(request, shop)
    with speaking(request, shop, language):
        return render(request, "faq/missing.html", {"shop": shop, "language": language}, status=404)


class speaking(translation.override):  # noqa: N801  (used as a verb, like translation.override)
    """While it lasts, texts are in this language and times in the shop's zone."""

    def __init__(self, request: HttpRequest, shop: Shop, language: str) -> None:
        super().__init__(language)
        self.request, self.zone = request, timezone.override(shop.timezone)
        self.before = getattr(request, "LANGUAGE_CODE", "")

    def __enter__(self) -> None:
        super().__enter__()
        self.zone.__enter__()
        self.request.LANGUAGE_CODE = self.language or self.before

    def __exit__(self, *exc: Any) -> None:
        self.zone.__exit__(*exc)
        super().__exit__(*exc)


def preferred_language(request: HttpRequest, shop: Shop) -> str:
    """The language of this shop that suits the visitor: what they chose, else what their browser asks for."""
    chosen = request.GET.get("lang") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in shop.languages:
        return chosen
    for code, weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        base = code.partition("-")[0]
        if weight and base in shop.languages:
            return base
    return shop.default_language


def visitor_of(request: HttpRequest) -> uuid.UUID | None:
    """The browser's own number, None before its first vote."""
    try:
        return uuid.UUID(signing.loads(request.COOKIES.get(VISITOR_COOKIE, ""), salt=VISITOR_COOKIE))
    except (signing.BadSignature, ValueError, AttributeError, TypeError):
        return None


def remember_visitor(response: HttpResponse, visitor: uuid.UUID, *, secure: bool) -> None:
    value = signing.dumps(str(visitor), salt=VISITOR_COOKIE)
    response.set_cookie(VISITOR_COOKIE, value, max_age=YEAR, httponly=True, secure=secure, samesite="Lax")
