"""The frame of the figures' pages: their own rail."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.http import Request
from metrics.models import Check
from metrics.views.asked import Asked, shops
from tickets.views.listing import foot


@dataclass(frozen=True, slots=True)
class Link:
    label: Words | str
    name: str
    icon: str


PEOPLE = Link(_("Leaderboard"), "figures-people", "star")
DASHBOARDS = (
    Link(_("Overview"), "figures", "rows"),
    Link(_("Speed"), "figures-speed", "bolt"),
    Link(_("Quality"), "figures-quality", "star"),
    Link(_("Self-service"), "figures-self-service", "book"),
    Link(_("Contact reasons"), "figures-reasons", "tag"),
    Link(_("Team"), "figures-team", "users"),
    Link(_("Staffing"), "figures-staffing", "clock"),
    Link(_("Channels"), "figures-channels", "chat"),
    Link(_("Loyalty"), "figures-loyalty", "good"),
)
JUDGEMENT = (
    Link(_("Service level"), "figures-level", "layers"),
    Link(_("Value and irritation"), "figures-value", "bullets"),
    Link(_("Fixed problems"), "figures-fixes", "refresh"),
    Link(_("Goals"), "figures-goals", "check"),
    Link(_("Alerts"), "figures-alerts", "warn"),
    Link(_("Reports"), "figures-reports", "mail"),
    Link(_("Settings"), "figures-settings", "gear"),
)


def frame(request: Request, current: str, asked: Asked | None = None) -> dict[str, Any]:
    """The context of templates/metrics/frame.html; links keep what was asked for."""
    houses = asked.shops if asked else shops()
    alerts, ranked = sum(shop.alerts_open for shop in houses), any(shop.ranked for shop in houses)
    return {
        "list": foot(request.user),
        "check": Check.objects.order_by("pk").last(),
        "dashboards": _links((*DASHBOARDS, PEOPLE) if ranked else DASHBOARDS, current, asked),
        "judgement": [
            one | {"count": alerts if one["name"] == "figures-alerts" else 0} for one in _links(JUDGEMENT, current)
        ],
        "may_write_figures": may(request.user, "figures.write"),
    }


def _links(links: tuple[Link, ...], current: str, asked: Asked | None = None) -> list[dict[str, Any]]:
    return [
        {
            "label": link.label,
            "name": link.name,
            "icon": link.icon,
            "url": asked.url(reverse(link.name)) if asked else reverse(link.name),
            "current": link.name == current,
        }
        for link in links
    ]
