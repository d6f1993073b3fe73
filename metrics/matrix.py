"""The service level as people read it: seven factors by five levels, each cell in words, each row with its evidence.

Built from the answer of `service_level`, so that page and API cannot disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import ChannelKind
from metrics.levels import LIVE, SOCIAL, Cuts, Factor, Level
from metrics.numbers import HOUR, decimal, words

FACTORS: dict[Factor, Words | str] = {
    Factor.RESPONSE: gettext_lazy("Response"),
    Factor.RESOLUTION: gettext_lazy("Resolution"),
    Factor.QUALITY: gettext_lazy("Quality"),
    Factor.ACCESSIBILITY: gettext_lazy("Accessibility"),
    Factor.SELF_SERVICE: gettext_lazy("Self-service"),
    Factor.PROACTIVITY: gettext_lazy("Proactivity"),
    Factor.DELIGHT: gettext_lazy("Small surprises"),
}
LINKS = {
    Factor.RESPONSE: "first_response_time",
    Factor.RESOLUTION: "resolution_time",
    Factor.QUALITY: "csat",
    Factor.SELF_SERVICE: "self_service_rate",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """`place`: "done", "here", "next" or "far". `ours`: our own cut, which the source documents leave open."""

    text: str
    ours: bool
    place: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    factor: Factor
    name: str
    note: str
    cells: list[Cell]
    evidence: str
    slug: str  # of the figure that is the evidence; "" where none is
    channel: str = ""
    locked: str = ""  # why the row does not count yet


Cuts5 = list[tuple[str, bool]]  # the words of each level, and whether they are ours


def rows(graded: Mapping[str, Any]) -> list[Row]:
    """Response channel by channel, then the other six."""
    cuts = {one["key"]: one["value"] for one in graded["assumptions"]}
    factors = graded["factors"]
    found = _response(factors[Factor.RESPONSE], cuts)
    makers: dict[Factor, Callable[[Any, Cuts], tuple[Cuts5, str, str]]] = {
        Factor.RESOLUTION: _resolution,
        Factor.QUALITY: _quality,
        Factor.ACCESSIBILITY: _accessibility,
        Factor.SELF_SERVICE: _self_service,
        Factor.PROACTIVITY: _proactivity,
    }
    for factor, make in makers.items():
        told = factors[factor]
        texts, value, evidence = make(told["evidence"], cuts)
        cells = _cells(texts, told["level"], value)
        found.append(Row(factor, str(FACTORS[factor]), weight(factor), cells, evidence, LINKS.get(factor, "")))
    return [*found, _delight(factors[Factor.DELIGHT], graded)]


def weight(factor: Factor) -> str:
    return _("weight %(n)d") % {"n": factor.weight}


def _response(told: Mapping[str, Any], cuts: Cuts) -> list[Row]:
    channels = told["evidence"]["channels"]
    name, note = str(FACTORS[Factor.RESPONSE]), weight(Factor.RESPONSE)
    if not channels:
        cells = _cells(_response_cuts("email", cuts), None, "")
        return [Row(Factor.RESPONSE, name, note, cells, _("Not enough data: nobody was answered."), "")]
    found: list[Row] = []
    for one in channels:
        kind = one["channel"]
        cells = _cells(_response_cuts(kind, cuts), one["level"], words(one["median"], "seconds"))
        label = f"{name}, {ChannelKind(kind).label}"
        slug = LINKS[Factor.RESPONSE]
        found.append(Row(Factor.RESPONSE, label, "" if found else note, cells, _replies(one, cuts), slug, kind))
    return found


def _replies(one: Mapping[str, Any], cuts: Cuts) -> str:
    if one["level"] is None:
        return _("Not enough data (%(n)d of %(least)d)") % {"n": one["n"], "least": cuts["min_replies"]}
    told = {"n": decimal(one["n"], 0), "mean": words(one["mean"], "seconds"), "p90": words(one["p90"], "seconds")}
    return _("Median of %(n)s replies, mean %(mean)s, p90 %(p90)s") % told


def _response_cuts(channel: str, cuts: Cuts) -> Cuts5:
    if channel in LIVE:
        ours = channel == ChannelKind.WHATSAPP
        return [
            (_more(HOUR), ours), (_most(HOUR), ours), (_most(600), ours), (_less(300), ours), (_less(60), ours)
        ]  # fmt: skip
    top = 900 if channel in SOCIAL else HOUR
    return [
        (_more(cuts["slow_l2"]), True), (_most(cuts["slow_l2"]), True), (_most(24 * HOUR), False),
        (_less(4 * HOUR), False), (_less(top), False),
    ]  # fmt: skip


def _resolution(seen: Mapping[str, Any], cuts: Cuts) -> tuple[Cuts5, str, str]:
    slow = {"length": words(cuts["resolution_l2"], "seconds"), "share": decimal(cuts["abandonment_l1"], 1)}
    texts = [
        (_("more than %(length)s, or more than %(share)s%% abandoned") % slow, True),
        (_most(cuts["resolution_l2"]), True),
        (_less(cuts["resolution_l3"]), True),
        (_most(cuts["resolution_l4"]), True),
        (_most(cuts["resolution_l5"]), True),
    ]
    if seen["solves"] < cuts["min_solves"]:
        evidence = _("Not enough data (%(n)d of %(least)d)") % {"n": seen["solves"], "least": cuts["min_solves"]}
    else:
        told = {"n": decimal(seen["solves"], 0), "share": words(seen["abandonment"], "percent")}
        evidence = _("Median in opening hours of %(n)s solved tickets, %(share)s abandoned") % told
    return texts, words(seen["resolution"], "seconds"), evidence


def _quality(seen: Mapping[str, Any], cuts: Cuts) -> tuple[Cuts5, str, str]:
    cut = {name: decimal(cuts[f"quality_{name}"], 1) for name in ("l2", "l3", "l4", "l5", "l5_iqs")}
    texts = [
        (_("errors, wrong information"), False),
        (_("%(l2)s%% of the ratings at 3 or more") % cut, True),
        (_("%(l3)s%% at 4 or 5, a scorecard published") % cut, True),
        (_("mean of %(l4)s or more") % cut, False),
        (_("%(l5)s%% at 5, internal quality of %(l5_iqs)s") % cut, True),
    ]
    if seen["ratings"] < cuts["min_ratings"]:
        return texts, "", _("Not enough data (%(n)d of %(least)d)") % {
            "n": seen["ratings"], "least": cuts["min_ratings"]
        }  # fmt: skip
    told = {"mean": decimal(seen["mean"], 2), "n": decimal(seen["ratings"], 0), "iqs": words(seen["iqs"], "percent")}
    evidence = _("Mean %(mean)s of %(n)s ratings, internal quality %(iqs)s") % told
    return texts, decimal(seen["mean"], 2), evidence


def _accessibility(seen: Mapping[str, Any], cuts: Cuts) -> tuple[Cuts5, str, str]:
    texts = [
        (_("one channel"), False),
        (_("two channels"), False),
        (_("two channels, one of them live"), True),
        (_("every channel that makes sense"), True),
        (_("the same, around the clock"), False),
    ]
    names = ", ".join(str(ChannelKind(kind).label) for kind in seen["channels"])
    told = {"names": names or _("none"), "hours": decimal(seen["open_week"] / HOUR, 1)}
    return texts, str(len(seen["channels"])), _("Answered on: %(names)s. Open %(hours)s of 168 hours a week") % told


def _self_service(seen: Mapping[str, Any], cuts: Cuts) -> tuple[Cuts5, str, str]:
    told = {"n": decimal(cuts["articles_per_category"], 0), "share": decimal(cuts["self_service_l5"], 1)}
    texts = [
        (_("nothing"), False),
        (_("a page of questions"), False),
        (_("articles in every category: at least %(n)s") % told, True),
        (_("and order tracking"), True),
        (_("more than %(share)s%% without an agent") % told, False),
    ]
    counted = {"articles": seen["articles"], "categories": seen["categories"], "tracked": seen["tracking"]}
    evidence = _("Articles: %(articles)d in %(categories)d categories. Orders tracked alone: %(tracked)d") % counted
    return texts, words(seen["self_service"], "percent"), evidence


def _proactivity(seen: Mapping[str, Any], cuts: Cuts) -> tuple[Cuts5, str, str]:
    told = {name: decimal(cuts[name], 0) for name in ("macros_l2", "chats_l4", "notices_l5")}
    texts = [
        (_("nothing"), False),
        (_("macros: at least %(macros_l2)s") % told, True),
        (_("problems and occasions announced"), False),
        (_("chats begun by us: at least %(chats_l4)s") % told, True),
        (_("individual notices: at least %(notices_l5)s") % told, True),
    ]
    counted = {name: seen[name] for name in ("macros", "announcements", "chats_begun", "notices")}
    evidence = _(
        "Macros: %(macros)d. Announcements: %(announcements)d. Chats begun: %(chats_begun)d. Notices: %(notices)d"
    )
    return texts, "", evidence % counted


def _delight(told: Mapping[str, Any], graded: Mapping[str, Any]) -> Row:
    surprises = told["evidence"]["surprises"]
    evidence = _("Surprises: %(n)d") % {"n": surprises}
    locked = "" if told["level"] else told["next_step"]["text"]
    cells = _cells(
        [("–", False)] * 3 + [(_("no surprise yet"), False), (_("personal surprises"), True)], told["level"], ""
    )
    return Row(Factor.DELIGHT, str(FACTORS[Factor.DELIGHT]), weight(Factor.DELIGHT), cells, evidence, "", locked=locked)


def _cells(texts: Cuts5, level: Level | None, value: str) -> list[Cell]:
    return [
        Cell(text, ours, _place(n, level), value if n == level else "") for n, (text, ours) in enumerate(texts, start=1)
    ]


def _place(n: int, level: Level | None) -> str:
    if level is None or n > level + 1:
        return "far"
    return "here" if n == level else "done" if n < level else "next"


def _less(length: float) -> str:
    return _("less than %(length)s") % {"length": words(length, "seconds")}


def _most(length: float) -> str:
    return _("%(length)s or less") % {"length": words(length, "seconds")}


def _more(length: float) -> str:
    return _("more than %(length)s") % {"length": words(length, "seconds")}
