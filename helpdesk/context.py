"""What every page knows."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.access import may
from accounts.http import Request
from accounts.models import User
from tickets.views.desk import frame
from tickets.views.listing import listing


def page(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether mails are kept instead of sent."""
    return {"mails_are_kept": not settings.EMAIL_URL}


def desk(request: HttpRequest) -> dict[str, Any]:
    """For templates/desk.html on pages of apps below tickets, which cannot ask for it themselves. Costs nothing
    where it is not shown, and gives way to what a view says."""
    if not isinstance(getattr(request, "user", None), User):
        return {}
    asked = cast(Request, request)
    return {
        "live_token": SimpleLazyObject(lambda: frame(asked)["live_token"]),
        "may_open_tickets": may(asked.user, "ticket.open"),
        "may_write_articles": may(asked.user, "articles.write"),
        "may_read_figures": may(asked.user, "figures.read"),
        "may_see_intake": may(asked.user, "intake.read"),
        "may_see_settings": may(asked.user, "macro.write"),
        "list": SimpleLazyObject(lambda: listing(asked, size=0)),
    }
