"""What a colleague's account says about the page: language and time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User


class StaffMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Itself instead of Django's proxy: a page asks it some 700 things.
        request.user = get_user(request)
        user = request.user if isinstance(request.user, User) else None
        language = (user.language if user else "") or translation.get_language_from_request(request)
        with translation.override(language), timezone.override(_zone(user)):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            return response


def _zone(user: User | None) -> ZoneInfo:
    try:
        return ZoneInfo(user.timezone if user else settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
