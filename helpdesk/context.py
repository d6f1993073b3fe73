"""What every page knows."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from accounts.http import Request
from accounts.models import User
from tickets.views.desk import frame


def page(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether mails are kept instead of sent."""
    return {"mails_are_kept": not settings.EMAIL_URL}


def desk(request: HttpRequest) -> dict[str, Any]:
    """For templates/desk.html, which pages of every app wear."""
    user = getattr(request, "user", None)
    return frame(cast(Request, request)) if isinstance(user, User) else {}
