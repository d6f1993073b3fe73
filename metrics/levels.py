"""The five service levels, per factor and overall: pure, by the matrix of SEEDS section 1.

Rule for holes: the level is the highest one whose bound is met. Cuts that the source does not name are our own
assumptions (ASSUMPTIONS), shown as such, and a shop may change them. Too little data is None, never a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

MINUTE, HOUR, DAY = 60, 3600, 86_400
WEEK_SECONDS = 7 * DAY


class Level(IntEnum):
    UNACCEPTABLE = 1
    BELOW_AVERAGE = 2
    AVERAGE = 3
    ABOVE_AVERAGE = 4
    STELLAR = 5

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Level.UNACCEPTABLE: _("Unacceptable"),
    Level.BELOW_AVERAGE: _("Below average"),
    Level.AVERAGE: _("Average"),
    Level.ABOVE_AVERAGE: _("Above average"),
    Level.STELLAR: _("Stellar"),
}


class Factor(StrEnum):
    """The seven, the weightiest first: 7 for response down to 1 for delight (S1)."""

    RESPONSE = "response"
    RESOLUTION = "resolution"
    QUALITY = "quality"
    ACCESSIBILITY = "accessibility"
    SELF_SERVICE = "self_service"
    PROACTIVITY = "proactivity"
    DELIGHT = "delight"

    @property
    def weight(self) -> int:
        return 7 - list(Factor).index(self)


@dataclass(frozen=True, slots=True)
class Assumption:
    """A cut of ours (`ours`) or the one place where a cut of the source may be changed."""

    key: str
    default: float
    text: Any
    ours: bool = True


ASSUMPTIONS = {
    one.key: one
    for one in (
        Assumption("min_replies", 20, _("first replies below which a channel is not graded")),
        Assumption("min_solves", 20, _("solved tickets below which resolution is not graded")),
        Assumption("min_ratings", 30, _("ratings below which quality is not graded")),
        Assumption("slow_l2", 72 * HOUR, _("e-mail and social: seconds up to which an answer is below average")),
        Assumption("resolution_l5", HOUR, _("open seconds up to which resolution is stellar")),
        Assumption("resolution_l4", 4 * HOUR, _("open seconds up to which resolution is above average")),
        Assumption("resolution_l3", 8 * HOUR, _("open seconds below which resolution is average")),
        Assumption("resolution_l2", 40 * HOUR, _("open seconds (five days of eight hours): below average")),
        Assumption("chat_resolution_l1", 2 * HOUR, _("open seconds beyond which a chat's resolution is unacceptable")),
        Assumption("abandonment_l1", 20, _("percentage of abandoned tickets beyond which resolution is unacceptable")),
        Assumption("quality_l2", 50, _("percentage of ratings of at least 3: below average")),
        Assumption("quality_l3", 80, _("percentage of ratings of at least 4, with a published scorecard: average")),
        Assumption("quality_l4", 4.8, _("mean rating: above average"), ours=False),
        Assumption("quality_l5", 90, _("percentage of ratings of 5: stellar")),
        Assumption("quality_l5_iqs", 90, _("internal quality score: stellar")),
        Assumption("articles_per_category", 1, _("articles in each default category: a detailed FAQ")),
        Assumption("self_service_l5", 50, _("self-service rate beyond which self-service is stellar"), ours=False),
        Assumption("macros_l2", 5, _("macros that make a small template library")),
        Assumption("chats_l4", 1, _("conversations that we began on a live channel: above average")),
        Assumption("notices_l5", 20, _("individual notices that we sent first: stellar")),
        Assumption("surprises_l5", 1, _("personal surprises given: stellar")),
    )
}
Cuts = Mapping[str, float]
DEFAULTS: Cuts = {key: one.default for key, one in ASSUMPTIONS.items()}

SOCIAL = frozenset({"messenger", "instagram", "x", "telegram"})
LIVE = frozenset({"chat", "sms", "whatsapp", "voice", "voicemail"})  # WhatsApp and phone as chat: our assumption


@dataclass(frozen=True, slots=True)
class ChannelSpeed:
    """First replies on one channel: lengths in calendar seconds."""

    channel: str
    n: int
    median: float | None
    mean: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is looked at, counted from events and rows, nothing ticked by hand."""

    speeds: list[ChannelSpeed] = field(default_factory=list)
    solves: int = 0
    resolution: float | None = None  # median, open seconds
    chat_solves: int = 0
    chat_resolution: float | None = None
    abandonment: float | None = None  # percent
    ratings: list[int] = field(default_factory=lambda: [0] * 5)  # how many of 1, 2, 3, 4, 5
    scorecard: bool = False
    iqs: float | None = None
    channels: list[str] = field(default_factory=list)  # on which somebody was answered
    relevant: list[str] = field(default_factory=list)  # those that make sense, by the merchant
    open_week: float = 0  # open seconds in a week
    articles: int = 0
    categories: int = 0
    thinnest: int = 0  # articles in the category that has the fewest
    tracking: int = 0  # orders tracked by shoppers alone
    self_service: float | None = None  # percent
    macros: int = 0
    announcements: int = 0
    chats_begun: int = 0
    notices: int = 0
    surprises: int = 0


def grades(evidence: Evidence, cuts: Cuts = DEFAULTS) -> dict[Factor, Level | None]:
    """The level of each factor; None where there is not enough data, or for delight where it does not count yet."""
    found: dict[Factor, Level | None] = {
        Factor.RESPONSE: response(evidence.speeds, cuts),
        Factor.RESOLUTION: resolution(evidence, cuts),
        Factor.QUALITY: quality(evidence, cuts),
        Factor.ACCESSIBILITY: accessibility(evidence),
        Factor.SELF_SERVICE: self_service(evidence, cuts),
        Factor.PROACTIVITY: proactivity(evidence, cuts),
    }
    return found | {Factor.DELIGHT: delight(evidence, found[Factor.RESPONSE], found[Factor.RESOLUTION], cuts)}


def overall(levels: Mapping[Factor, Level | None]) -> Level | None:
    """The weighted mean, rounded down, at most one above the worse of response and resolution. None when response,
    resolution or quality is unknown (S3): the three by which a service is judged first."""
    response, resolution, quality = (levels[one] for one in (Factor.RESPONSE, Factor.RESOLUTION, Factor.QUALITY))
    if response is None or resolution is None or quality is None:
        return None
    known = {factor: level for factor, level in levels.items() if level is not None}
    mean = sum(factor.weight * level for factor, level in known.items()) // sum(factor.weight for factor in known)
    return Level(min(mean, min(response, resolution) + 1))


def response(speeds: list[ChannelSpeed], cuts: Cuts = DEFAULTS) -> Level | None:
    """The lowest level of the channels with enough replies."""
    found = [level for speed in speeds if (level := of_channel(speed, cuts)) is not None]
    return min(found, default=None)


def of_channel(speed: ChannelSpeed, cuts: Cuts = DEFAULTS) -> Level | None:
    if speed.median is None or speed.n < cuts["min_replies"]:
        return None
    return of_wait(speed.channel, speed.median, cuts)


def of_wait(channel: str, seconds: float, cuts: Cuts = DEFAULTS) -> Level:
    """What a wait of so many calendar seconds is worth on a channel; 59:59 by e-mail is stellar, an hour is not."""
    if channel in LIVE:
        return _fastest(seconds, below={5: MINUTE, 4: 5 * MINUTE}, upto={3: 10 * MINUTE, 2: HOUR})
    stellar = 15 * MINUTE if channel in SOCIAL else HOUR
    return _fastest(seconds, below={5: stellar, 4: 4 * HOUR}, upto={3: DAY, 2: cuts["slow_l2"]})


def resolution(evidence: Evidence, cuts: Cuts = DEFAULTS) -> Level | None:
    if evidence.resolution is None or evidence.solves < cuts["min_solves"]:
        return None
    slow_chat = (evidence.chat_resolution or 0) > cuts["chat_resolution_l1"]
    if (slow_chat and evidence.chat_solves >= cuts["min_solves"]) or (evidence.abandonment or 0) > cuts[
        "abandonment_l1"
    ]:
        return Level.UNACCEPTABLE
    quick = {5: cuts["resolution_l5"], 4: cuts["resolution_l4"], 2: cuts["resolution_l2"]}
    return _fastest(evidence.resolution, below={3: cuts["resolution_l3"]}, upto=quick)


def quality(evidence: Evidence, cuts: Cuts = DEFAULTS) -> Level | None:
    n = sum(evidence.ratings)
    if n < cuts["min_ratings"]:
        return None
    stars = sum(star * count for star, count in enumerate(evidence.ratings, start=1))
    at_least = {star: 100 * sum(evidence.ratings[star - 1 :]) / n for star in (3, 4, 5)}
    above = stars / n >= cuts["quality_l4"]
    iqs = evidence.iqs is not None and evidence.iqs >= cuts["quality_l5_iqs"]
    return _highest(
        {
            5: above and at_least[5] >= cuts["quality_l5"] and iqs,
            4: above,
            3: at_least[4] >= cuts["quality_l3"] and evidence.scorecard,
            2: at_least[3] >= cuts["quality_l2"],
        }
    )


def accessibility(evidence: Evidence) -> Level | None:
    channels = set(evidence.channels)
    if not channels:
        return None
    everywhere = bool(evidence.relevant) and channels >= set(evidence.relevant)
    return _highest(
        {
            5: everywhere and evidence.open_week >= WEEK_SECONDS,
            4: everywhere,
            3: len(channels) >= 2 and bool(channels & LIVE),
            2: len(channels) >= 2,
        }
    )


def self_service(evidence: Evidence, cuts: Cuts = DEFAULTS) -> Level:
    detailed = evidence.categories > 0 and evidence.thinnest >= cuts["articles_per_category"]
    return _highest(
        {
            5: (evidence.self_service or 0) > cuts["self_service_l5"],
            4: detailed and evidence.tracking > 0,
            3: detailed,
            2: evidence.articles > 0,
        }
    )


def proactivity(evidence: Evidence, cuts: Cuts = DEFAULTS) -> Level:
    return _highest(
        {
            5: evidence.notices >= cuts["notices_l5"],
            4: evidence.chats_begun >= cuts["chats_l4"],
            3: evidence.announcements > 0,
            2: evidence.macros >= cuts["macros_l2"],
        }
    )


def delight(
    evidence: Evidence, response: Level | None, resolution: Level | None, cuts: Cuts = DEFAULTS
) -> Level | None:
    """None until response and resolution are above average: surprises do not make up for waiting (S26)."""
    if response is None or resolution is None or min(response, resolution) < Level.ABOVE_AVERAGE:
        return None
    return Level.STELLAR if evidence.surprises >= cuts["surprises_l5"] else Level.ABOVE_AVERAGE


def _fastest(seconds: float, *, below: Mapping[int, float], upto: Mapping[int, float]) -> Level:
    return _highest({n: seconds < cut for n, cut in below.items()} | {n: seconds <= cut for n, cut in upto.items()})


def _highest(met: Mapping[int, bool]) -> Level:
    """The ceiling rule."""
    return Level(max((n for n, is_met in met.items() if is_met), default=1))
