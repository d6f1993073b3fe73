"""The questions in the customer's language. Call with that language active."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from surveys.models import Kind, Survey


@dataclass(frozen=True, slots=True)
class Step:
    """One possible answer. `word` is "" where only the number stands."""

    score: int
    word: str


def question(survey: Survey) -> str:
    """What is asked, with the agent's own first name (S41)."""
    shop = survey.shop.name
    if survey.kind == Kind.CES:
        return _("“%(shop)s made it easy for me to solve my problem.”") % {"shop": shop}
    if survey.kind == Kind.NPS:
        return _("How likely are you to recommend %(shop)s to a friend?") % {"shop": shop}
    if survey.kind == Kind.POST_PURCHASE:
        return _("How do you rate your purchase at %(shop)s?") % {"shop": shop}
    name = survey.agent.first_name if survey.agent else shop
    return _("How do you rate the help that %(name)s gave you?") % {"name": name}


def steps(survey: Survey) -> list[Step]:
    """The scale from its lowest to its highest step."""
    least, most = survey.scale
    words = _five() if (least, most) == (1, 5) else [""] * (most - least + 1)
    return [Step(score, word) for score, word in zip(range(least, most + 1), words, strict=True)]


def ends(survey: Survey) -> tuple[str, str]:
    """What the lowest and the highest step mean, for scales without a word on each."""
    least, most = survey.scale
    low, high = (
        (_("not at all likely"), _("extremely likely"))
        if survey.kind == Kind.NPS
        else (_("strongly disagree"), _("strongly agree"))
    )
    return f"{least} = {low}", f"{most} = {high}"


def _five() -> list[str]:
    return [
        pgettext("rating", "Very poor"),
        pgettext("rating", "Poor"),
        pgettext("rating", "Average"),
        pgettext("rating", "Good"),
        pgettext("rating", "Excellent"),
    ]
