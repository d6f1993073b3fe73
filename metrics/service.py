"""The service level of a shop: the evidence counted, graded, and the cheapest step to the next level."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Shop
from channels_app.models import ChannelKind
from faq.models import ArticleTranslation, Banner, Category, SelfServiceEntry
from hours import clock
from hours.models import Calendar
from metrics.answers import AT_ONCE
from metrics.kpis import KPIS
from metrics.levels import ASSUMPTIONS, LIVE, ChannelSpeed, Cuts, Evidence, Factor, Level, grades, of_channel, overall
from metrics.models import LevelSetting, TicketFacts
from metrics.ratios import settings_of
from metrics.refresh import catch_up
from metrics.scope import Group, Scope
from metrics.steps import EFFORT, next_step
from surveys.models import ScorecardVersion
from tickets.models import Compensation, Macro
from tickets.models.sla import Clock

GIFTS = ("gift", "surprise", "note", "video", "voucher")
Graded = dict[str, Any]


def service_level(scope: Scope) -> Graded:
    """The body of GET /service-level/ (CONTRACT 3): each factor, the whole, and what we assumed."""
    catch_up(AT_ONCE)
    cuts = cuts_of(scope)
    evidence = evidence_of(scope)
    levels = grades(evidence, cuts)
    whole = overall(levels)
    return {
        "from": scope.window.since.isoformat(),
        "to": scope.window.until.isoformat(),
        "timezone": scope.window.zone.key,
        "factors": {factor.value: _factor(factor, level, evidence, cuts) for factor, level in levels.items()},
        "overall": {
            "level": whole,
            "label": whole.label if whole else _("Not enough data"),
            "next_step": cheapest(levels, evidence, cuts),
            "warning": _gate(levels, evidence, cuts),
        },
        "assumptions": [
            {
                "key": one.key,
                "value": cuts[one.key],
                "default": one.default,
                "ours": one.ours,
                "text": str(one.text),
            }
            for one in ASSUMPTIONS.values()
        ],
    }


def cuts_of(scope: Scope) -> Cuts:
    """The assumptions with what the shop has changed."""
    changed = LevelSetting.objects.filter(shop=scope.shop, key__in=ASSUMPTIONS) if scope.shop else ()
    return {key: one.default for key, one in ASSUMPTIONS.items()} | {row.key: row.value for row in changed}


def cheapest(levels: dict[Factor, Level | None], evidence: Evidence, cuts: Cuts) -> Graded | None:
    """The least laborious step among those that raise the whole by themselves; else among all."""
    whole = overall(levels)
    open_ones = [factor for factor, level in levels.items() if level is not None and level < Level.STELLAR]
    raising = [one for one in open_ones if whole and (overall(_raised(levels, one)) or 0) > whole]
    ranked = sorted(raising or open_ones, key=lambda one: (EFFORT[one, _level(levels, one) + 1], -one.weight))
    if not ranked:
        return None
    factor = ranked[0]
    return {"factor": factor.value} | next_step(factor, levels[factor], evidence, cuts)


def evidence_of(scope: Scope) -> Evidence:
    """Everything that the grades look at, from the figures of the window and the rows of today."""
    calendar, business = replace(scope, clock=Clock.CALENDAR), replace(scope, clock=Clock.BUSINESS)
    speeds = KPIS["first_response_time"].measure(calendar).figures(calendar, Group.CHANNEL)
    resolution = KPIS["resolution_time"].measure(business).figure(business)
    shops = [scope.shop] if scope.shop else Shop.objects.order_by("pk")
    alone = [replace(scope, shop=shop) for shop in shops]  # all shops: every channel of each, as open as the least
    chats = replace(business, channel=ChannelKind.CHAT)
    chat = KPIS["resolution_time"].measure(chats).figure(chats)
    found = Evidence(
        speeds=[
            ChannelSpeed(channel, figure.n, figure.median, figure.mean, figure.p90)
            for channel, figure in sorted(speeds.items())
        ],
        solves=resolution.n,
        resolution=resolution.median,
        chat_solves=chat.n,
        chat_resolution=chat.median,
        abandonment=_percent("abandonment_rate", scope),
        ratings=_ratings(scope),
        scorecard=ScorecardVersion.objects.filter(published_at__lt=scope.end).exists(),
        iqs=_percent("internal_quality_score", scope),
        channels=sorted(channel for channel, figure in speeds.items() if figure.n),
        relevant=sorted({channel for one in alone for channel in settings_of(one).relevant_channels}),
        open_week=min(map(_open_week, alone), default=0),
        self_service=_percent("self_service_rate", scope),
    )
    return replace(found, **_help_centre(scope), **_outreach(scope))


def _percent(slug: str, scope: Scope) -> float | None:
    value = KPIS[slug].measure(scope).figure(scope).value
    return value if isinstance(value, (int, float)) else None


def _ratings(scope: Scope) -> list[int]:
    answers = KPIS["csat"].measure(scope).included(scope).order_by().values_list("score").annotate(n=Count("pk"))
    counted = dict(answers.values_list("score", "n"))
    return [counted.get(star, 0) for star in range(1, 6)]


def _open_week(scope: Scope) -> float:
    calendar = Calendar.objects.filter(shop=scope.shop, default=True).first()
    return clock.open_seconds(calendar, scope.end - timedelta(days=7), scope.end) if calendar else 0


def _help_centre(scope: Scope) -> Graded:
    mine = Q(shop=scope.shop) if scope.shop else Q()
    articles = ArticleTranslation.objects.published().filter(mine).values("article").distinct()
    sizes = Category.objects.filter(mine).annotate(n=Count("articles", filter=Q(articles__in=articles), distinct=True))
    found = list(sizes.values_list("n", flat=True))
    tracked = SelfServiceEntry.objects.filter(mine, kind=SelfServiceEntry.Kind.ORDER_TRACKED)
    return {
        "articles": articles.count(),
        "categories": len(found),
        "thinnest": min(found, default=0),
        "tracking": tracked.filter(at__gte=scope.window.start, at__lt=scope.window.end).count(),
    }


def _outreach(scope: Scope) -> Graded:
    """What we did before being asked: announcements, conversations that we began, surprises."""
    start, end = scope.window.start, scope.window.end
    mine = Q(shop=scope.shop) if scope.shop else Q()
    begun = TicketFacts.objects.filter(mine, excluded="", by_customer=False, opened_at__gte=start, opened_at__lt=end)
    gifts = Compensation.objects.filter(kind__in=GIFTS, approved_at__gte=start, approved_at__lt=end)
    banners = Banner.objects.filter(mine, starts_at__lt=end).filter(Q(ends_at=None) | Q(ends_at__gte=start))
    return {
        "macros": Macro.objects.filter(Q(shop=None) | mine, archived=False).count(),
        "announcements": banners.count(),
        "chats_begun": begun.filter(channel_kind__in=LIVE).count(),
        "notices": begun.exclude(channel_kind__in=LIVE).count(),
        "surprises": gifts.filter(Q(ticket__shop=scope.shop) if scope.shop else Q()).count(),
    }


def _factor(factor: Factor, level: Level | None, evidence: Evidence, cuts: Cuts) -> Graded:
    return {
        "level": level,
        "label": level.label if level else None,
        "weight": factor.weight,
        "evidence": _shown(factor, evidence, cuts),
        "next_step": next_step(factor, level, evidence, cuts),
    }


SHOWN = {
    Factor.RESOLUTION: ("solves", "resolution", "chat_solves", "chat_resolution", "abandonment"),
    Factor.ACCESSIBILITY: ("channels", "relevant", "open_week"),
    Factor.SELF_SERVICE: ("articles", "categories", "thinnest", "tracking", "self_service"),
    Factor.PROACTIVITY: ("macros", "announcements", "chats_begun", "notices"),
    Factor.DELIGHT: ("surprises",),
}


def _shown(factor: Factor, evidence: Evidence, cuts: Cuts) -> Graded:
    if factor == Factor.RESPONSE:
        return {"channels": [asdict(speed) | {"level": of_channel(speed, cuts)} for speed in evidence.speeds]}
    if factor == Factor.QUALITY:
        n = sum(evidence.ratings)
        stars = sum(star * count for star, count in enumerate(evidence.ratings, start=1))
        mean = stars / n if n else None
        shown = {"ratings": n, "stars": evidence.ratings, "mean": mean}
        return shown | {"scorecard": evidence.scorecard, "iqs": evidence.iqs}
    return {name: getattr(evidence, name) for name in SHOWN[factor]}


def _gate(levels: dict[Factor, Level | None], evidence: Evidence, cuts: Cuts) -> str | None:
    """Why surprises do not count, when there are some (S26)."""
    if levels[Factor.DELIGHT] is not None or not evidence.surprises:
        return None
    return ngettext(
        "One surprise does not count yet: response and resolution must be above average first.",
        "%(n)d surprises do not count yet: response and resolution must be above average first.",
        evidence.surprises,
    ) % {"n": evidence.surprises}


def _raised(levels: dict[Factor, Level | None], factor: Factor) -> dict[Factor, Level | None]:
    return levels | {factor: Level(_level(levels, factor) + 1)}


def _level(levels: dict[Factor, Level | None], factor: Factor) -> int:
    level = levels[factor]
    return int(level) if level is not None else 0
