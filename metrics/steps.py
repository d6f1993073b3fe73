"""What to do next, factor by factor: the "how to level up" advice of the source, with the number still missing."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.levels import LIVE, SOCIAL, Cuts, Evidence, Factor, Level, of_channel

# (factor, level to reach) -> labour, 1 an afternoon to 5 a year: our assumption, for ranking only.
EFFORT = {
    (Factor.RESPONSE, 2): 2, (Factor.RESPONSE, 3): 2, (Factor.RESPONSE, 4): 3, (Factor.RESPONSE, 5): 5,
    (Factor.RESOLUTION, 2): 2, (Factor.RESOLUTION, 3): 2, (Factor.RESOLUTION, 4): 3, (Factor.RESOLUTION, 5): 5,
    (Factor.QUALITY, 2): 3, (Factor.QUALITY, 3): 3, (Factor.QUALITY, 4): 4, (Factor.QUALITY, 5): 5,
    (Factor.ACCESSIBILITY, 2): 2, (Factor.ACCESSIBILITY, 3): 2, (Factor.ACCESSIBILITY, 4): 3,
    (Factor.ACCESSIBILITY, 5): 5,
    (Factor.SELF_SERVICE, 2): 1, (Factor.SELF_SERVICE, 3): 2, (Factor.SELF_SERVICE, 4): 1, (Factor.SELF_SERVICE, 5): 4,
    (Factor.PROACTIVITY, 2): 1, (Factor.PROACTIVITY, 3): 1, (Factor.PROACTIVITY, 4): 2, (Factor.PROACTIVITY, 5): 3,
    (Factor.DELIGHT, 5): 2,
}  # fmt: skip

STEPS = {
    (Factor.RESPONSE, 2): gettext_lazy("See by weekday and hour when questions come, and move shifts there."),
    (Factor.RESPONSE, 3): gettext_lazy(
        "Prepare macros for the questions that come most; give each channel its people."
    ),
    (Factor.RESPONSE, 4): gettext_lazy("Let rules sort and assign, so that the shortest deadline is always on top."),
    (Factor.RESPONSE, 5): gettext_lazy("Watch for deviations every day, and add people before the queue grows."),
    (Factor.RESOLUTION, 2): gettext_lazy("Keep the whole history in view, so that nobody asks the customer twice."),
    (Factor.RESOLUTION, 3): gettext_lazy("Write macros that answer fully, with the next question answered too."),
    (Factor.RESOLUTION, 4): gettext_lazy("Act on orders while replying: refund, cancel, change the address."),
    (Factor.RESOLUTION, 5): gettext_lazy("Remove causes at their root with the web, product and delivery teams."),
    (Factor.QUALITY, 2): gettext_lazy("Answer clearly and correctly: review the tickets rated 1 and 2 together."),
    (Factor.QUALITY, 3): gettext_lazy("Publish a scorecard: what a good answer is, in writing; then train by it."),
    (Factor.QUALITY, 4): gettext_lazy("Review answers every week for accuracy and voice, and share the best ones."),
    (Factor.QUALITY, 5): gettext_lazy("Keep internal quality above 90 and follow up every rating below 5."),
    (Factor.ACCESSIBILITY, 2): gettext_lazy("Open a second channel where your customers already are."),
    (Factor.ACCESSIBILITY, 3): gettext_lazy("Add one live channel, such as chat, with the hours that you can keep."),
    (Factor.ACCESSIBILITY, 4): gettext_lazy("Name the channels that make sense for your shop and answer on each."),
    (Factor.ACCESSIBILITY, 5): gettext_lazy("Cover every hour of the week, with partners or in shifts."),
    (Factor.SELF_SERVICE, 2): gettext_lazy("Publish a first page with the questions asked most."),
    (Factor.SELF_SERVICE, 3): gettext_lazy("Fill each category: shipping, returns, refunds, orders, account."),
    (Factor.SELF_SERVICE, 4): gettext_lazy("Let shoppers track their orders alone, and link the page in every mail."),
    (Factor.SELF_SERVICE, 5): gettext_lazy("Write the article that each frequent reason still lacks."),
    (Factor.PROACTIVITY, 2): gettext_lazy("Prepare a small library of macros."),
    (Factor.PROACTIVITY, 3): gettext_lazy("Announce known problems and special occasions by a banner."),
    (Factor.PROACTIVITY, 4): gettext_lazy("Begin a conversation yourselves: by chat, with advice."),
    (Factor.PROACTIVITY, 5): gettext_lazy("Tell customers of a problem with their order before they notice it."),
    (Factor.DELIGHT, 5): gettext_lazy("Surprise a customer personally: a note, a video, a birthday."),
}


def next_step(factor: Factor, level: Level | None, evidence: Evidence, cuts: Cuts) -> dict[str, Any]:
    """{"level", "text", "effort", "missing"}: the level it leads to (null at the top) and what is still missing."""
    if level == Level.STELLAR:
        return {"level": None, "text": _("Stellar: keep it."), "effort": None, "missing": None}
    if level is None:
        return {"level": None, "text": _unknown(factor), "effort": None, "missing": _lacking(factor, evidence, cuts)}
    goal = level + 1
    missing = _missing(factor, level, evidence, cuts)
    return {"level": goal, "text": str(STEPS[factor, goal]), "effort": EFFORT[factor, goal], "missing": missing}


def _unknown(factor: Factor) -> str:
    if factor == Factor.DELIGHT:
        return _("Bring response and resolution above average first: surprises do not make up for waiting.")
    return _("Not enough data.")


def _lacking(factor: Factor, evidence: Evidence, cuts: Cuts) -> float | None:
    """How many replies, solves or ratings are missing for a grade."""
    if factor == Factor.RESPONSE:
        return cuts["min_replies"] - max((speed.n for speed in evidence.speeds), default=0)
    if factor == Factor.RESOLUTION:
        return cuts["min_solves"] - evidence.solves
    return cuts["min_ratings"] - sum(evidence.ratings) if factor == Factor.QUALITY else None


def _missing(factor: Factor, level: Level, evidence: Evidence, cuts: Cuts) -> Any:
    """The cut to reach, in the factor's unit; of response also the channels that hold it down."""
    if factor == Factor.RESPONSE:
        slow = [speed.channel for speed in evidence.speeds if of_channel(speed, cuts) == level]
        return {"channels": slow, "seconds": min(_response_cut(channel, level + 1, cuts) for channel in slow)}
    if factor == Factor.RESOLUTION:
        return {"seconds": cuts[f"resolution_l{level + 1}"]}
    if factor == Factor.ACCESSIBILITY:
        return {"channels": sorted(set(evidence.relevant) - set(evidence.channels))}
    return None


def _response_cut(channel: str, level: int, cuts: Cuts) -> float:
    if channel in LIVE:
        return {2: 3600, 3: 600, 4: 300, 5: 60}[level]
    stellar = 900 if channel in SOCIAL else 3600
    return {2: cuts["slow_l2"], 3: 86_400, 4: 14_400, 5: stellar}[level]
