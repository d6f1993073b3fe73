"""What the frame of every desk page needs: the views, the live token, what may be opened from it."""

from typing import Any

from django.http import HttpResponse
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject

from accounts.access import may
from accounts.http import Request
from accounts.models import Role, User
from helpdesk.lib import live
from tickets.views.listing import listing


def frame(request: Request) -> dict[str, Any]:
    """The context of templates/desk.html: costs nothing where it is not shown, and gives way to what a view says."""
    user = request.user
    return {
        "list": SimpleLazyObject(lambda: listing(request, size=0)),
        "live_token": SimpleLazyObject(lambda: live.token(topics_for(user), user.pk)),
        "may_open_tickets": may(user, "ticket.open"),
        "may_write_articles": may(user, "articles.write"),
        "may_read_figures": may(user, "figures.read"),
        "may_see_intake": may(user, "intake.read"),
        "may_see_settings": may(user, "macro.write"),  # the page that most may open
    }


def fetching_ahead(page: HttpResponse) -> HttpResponse:
    """The page, telling the browser what to have at hand: the next ticket rendered, the row under the pointer fetched.
    A page that came so is not looked at yet (awake.js) and then asks at once what has changed (live-region.js)."""
    page["Speculation-Rules"] = f'"{static("next.speculationrules")}"'
    return page


def topics_for(user: User) -> list[str]:
    """The live topics of a user: the same tickets that `visible_to` lets them see."""
    if user.role in (Role.MANAGER, Role.ADMIN):
        return ["all", f"user:{user.pk}"]
    own = [f"user:{user.pk}", *(f"team:{pk}" for pk in user.team_ids())]
    return own if user.role == Role.PARTNER else [*own, "tray"]
