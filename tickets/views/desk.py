"""What the frame of every desk page needs: the live token and what it may hear."""

from typing import Any

from accounts.access import may
from accounts.http import Request
from accounts.models import Role, User
from helpdesk.lib import live


def frame(request: Request) -> dict[str, Any]:
    """The context of templates/desk.html beyond the page's own."""
    return {
        "live_token": live.token(topics_for(request.user), request.user.pk),
        "may_open_tickets": may(request.user, "ticket.open"),
        "may_see_intake": may(request.user, "intake.read"),
        "may_see_settings": may(request.user, "macro.write"),  # the page that most may open
    }


def topics_for(user: User) -> list[str]:
    """The live topics of a user: the same tickets that `visible_to` lets them see."""
    if user.role in (Role.MANAGER, Role.ADMIN):
        return ["all", f"user:{user.pk}"]
    own = [f"user:{user.pk}", *(f"team:{pk}" for pk in user.team_ids())]
    return own if user.role == Role.PARTNER else [*own, "tray"]
