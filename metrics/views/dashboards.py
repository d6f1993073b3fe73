"""/figures/: the dashboards. Every figure leads to the tickets behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.access import policy
from accounts.http import Request
from metrics import panels
from metrics.alerts import open_alerts
from metrics.answers import AT_ONCE
from metrics.cards import Card, cards
from metrics.first_replies import FirstReplies
from metrics.goals import standings
from metrics.heat import demand, heat
from metrics.openings import Openings
from metrics.peaks import unready
from metrics.products import products
from metrics.refresh import catch_up
from metrics.scope import Group
from metrics.spread import spread
from metrics.views import causes
from metrics.views.asked import Asked, asked
from metrics.views.frame import frame
from metrics.views.rota import rota

FIRST_FIVE = ("resolution_time", "first_response_time", "response_time", "internal_quality_score", "csat")  # S158
SPEED = (
    "first_response_time", "response_time", "resolution_time", "first_resolution_time", "requester_wait_time",
    "time_to_acknowledge", "longest_wait", "first_response_within_target", "sla_attainment", "backlog",
)  # fmt: skip
QUALITY = (
    "csat", "csat_response_rate", "ces", "nps", "internal_quality_score", "one_touch_rate",
    "first_contact_resolution_rate", "reopen_rate", "replies_per_resolution", "promise_kept_rate",
)  # fmt: skip
SELF_SERVICE = ("self_service_rate", "contact_ratio", "tickets_opened", "abandonment_rate", "retention_rate")
TEAM = (
    "tickets_solved", "first_response_time", "response_time", "resolution_time", "one_touch_rate", "reopen_rate",
    "csat", "internal_quality_score",
)  # fmt: skip
CHANNELS = (
    "tickets_opened", "tickets_solved", "first_response_time", "first_response_within_target", "response_time",
    "resolution_time", "abandonment_rate", "csat",
)  # fmt: skip
Panels = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A dashboard: its title and what makes its parts from what was asked for."""

    title: Words | str
    make: Callable[[Asked], Panels]
    template: str = "metrics/dashboard.html"


def home(asked: Asked) -> Panels:
    first, openings = FirstReplies(asked.scope, asked.before), Openings(asked.scope, asked.before)
    return (
        {
            "cards": _cards(FIRST_FIVE, asked, first),
            "alerts": open_alerts(asked.scope.shop)[:3] if any(shop.alerts_open for shop in asked.shops) else [],
            "spread": spread(first),
            "heat": heat(asked.scope, openings.by_hour),
            "waits": panels.longest_waits(asked.scope),
        }
        | _why(openings, 11)
        | _by_channel(first)
    )


def speed(asked: Asked) -> Panels:
    first = FirstReplies(asked.scope, asked.before)
    return {
        "cards": _cards(SPEED, asked, first),
        "spread": spread(first),
        "waits": panels.longest_waits(asked.scope, 20),
    } | _by_channel(first)


def quality(asked: Asked) -> Panels:
    return {"cards": _cards(QUALITY, asked), "turning": causes.speed_quality(asked.scope)}


def self_service(asked: Asked) -> Panels:
    return {"cards": _cards(SELF_SERVICE, asked)} | _why(Openings(asked.scope, asked.before), 8)


def reasons(asked: Asked) -> Panels:
    first = _cards(("contact_ratio", "tickets_opened"), asked)
    why = panels.reasons(Openings(asked.scope, asked.before))
    return {"cards": first, "reasons": why, "products": products(asked.scope)}


def team(asked: Asked) -> Panels:
    people = panels.table(list(TEAM), asked.scope, Group.AGENT)
    each = panels.by_colleague(asked.scope, asked.before)
    told: Panels = {"multiples": each, "multiples_title": _("First response by colleague"), "each": "agent"}
    return told | {"people": people, "standings": standings(asked.scope.shop)}


def staffing(asked: Asked) -> Panels:
    return {"heat": heat(asked.scope, demand(asked.scope)), "rota": rota(asked), "unready": unready(asked.scope)}


def channels(asked: Asked) -> Panels:
    told = panels.table(list(CHANNELS), asked.scope, Group.CHANNEL)
    return {"channels": told} | _by_channel(FirstReplies(asked.scope, asked.before))


PAGES = {
    "figures": Page(_("Overview"), home),
    "figures-speed": Page(_("Speed"), speed),
    "figures-quality": Page(_("Quality"), quality),
    "figures-self-service": Page(_("Self-service"), self_service),
    "figures-reasons": Page(_("Contact reasons"), reasons),
    "figures-team": Page(_("Team"), team),
    "figures-staffing": Page(_("Staffing"), staffing),
    "figures-channels": Page(_("Channels"), channels),
    "figures-loyalty": Page(_("Loyalty"), causes.loyalty, "metrics/loyalty.html"),
    "figures-value": Page(_("Value and irritation"), causes.worth, "metrics/worth.html"),
    "figures-fixes": Page(_("Fixed problems"), causes.fixed, "metrics/fixes.html"),
}


@policy("figures.read")
@require_GET
def dashboard(request: Request, page: str) -> HttpResponse:
    """One of PAGES, for the days and filters of the address."""
    stale = catch_up(AT_ONCE)
    question = asked(request)
    made = PAGES[page].make(question)
    left_out = panels.left_out(question.scope)
    context = made | {"asked": question, "title": PAGES[page].title, "stale": stale, "left_out": left_out}
    return render(request, PAGES[page].template, context | frame(request, page, question))


def _cards(slugs: tuple[str, ...], asked: Asked, first: FirstReplies | None = None) -> list[Card]:
    known = {"first_response_time": first.told} if first else {}
    return list(cards(slugs, asked.scope, asked.before, asked.url(), known=known).values())


def _by_channel(first: FirstReplies) -> Panels:
    each = panels.by_channel(first)
    return {"multiples": each, "multiples_title": _("First response by channel"), "each": "channel"}


def _why(openings: Openings, most: int) -> Panels:
    """The most frequent reasons, and what the others come to."""
    rows = panels.reasons(openings)
    others = rows[most:]
    return {"reasons": rows[:most], "other_reasons": others, "other_tickets": sum(row.n for row in others)}
