"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether mails are kept instead of sent, and the languages to choose from."""
    return {"mails_are_kept": not settings.EMAIL_URL, "languages": settings.LANGUAGES}
