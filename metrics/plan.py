"""The four ways to act on a reason for writing (S83), each with what the figures say for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from faq.models import ArticleTranslation
from metrics.numbers import decimal, money, words
from metrics.worth import Action, Worth, totals

NAMES: dict[Action, Words | str] = {
    Action.ELIMINATE: gettext_lazy("Eliminate"),
    Action.AUTOMATE: gettext_lazy("Automate"),
    Action.SIMPLIFY: gettext_lazy("Simplify"),
    Action.DEVELOP: gettext_lazy("Develop"),
}
SIDES: dict[Action, Words | str] = {
    Action.ELIMINATE: gettext_lazy("irritating for both"),
    Action.AUTOMATE: gettext_lazy("useful to the customer, irritating for the shop"),
    Action.SIMPLIFY: gettext_lazy("useful to the shop, irritating for the customer"),
    Action.DEVELOP: gettext_lazy("useful to both"),
}
SHOWN = 3  # reasons named


@dataclass(frozen=True, slots=True)
class Plan:
    """One quadrant: its weight, its evidence and where to go."""

    action: Action
    n: int
    cost: str
    text: str
    url: str
    link: str

    @property
    def name(self) -> str:
        return str(NAMES[self.action])

    @property
    def side(self) -> str:
        return str(SIDES[self.action])


def plans(placed: list[Worth], currency: str) -> list[Plan]:
    """All four, in the order of what they save."""
    makers = {
        Action.ELIMINATE: _eliminate, Action.AUTOMATE: _automate, Action.SIMPLIFY: _simplify, Action.DEVELOP: _develop
    }  # fmt: skip
    found = []
    for action, make in makers.items():
        told = totals(placed, action) | {"currency": currency}
        text, url, link = make(told) if told["n"] else (_("No reason lies here."), "", "")
        found.append(Plan(action, told["n"], money(told["cost"], currency, digits=0), text, url, link))
    return found


def _eliminate(told: dict[str, Any]) -> tuple[str, str, str]:
    named = {"names": _named(told["reasons"])}
    text = _("%(names)s. Remove the cause; until then write to these customers before they do.") % named
    return text, reverse("problems"), _("Open a problem")


def _automate(told: dict[str, Any]) -> tuple[str, str, str]:
    reasons = told["reasons"]
    keys = [one.reason.key for one in reasons]
    told_by = ArticleTranslation.objects.published().filter(article__reason__in=keys)
    known = set(told_by.values_list("article__reason", flat=True))
    bare = [one for one in reasons if one.reason.key not in known]
    if not bare:
        text = _("%(names)s. Every one of them has its article: link it where customers stand.")
        return text % {"names": _named(reasons)}, reverse("articles"), _("See the articles")
    text = _("No article yet: %(names)s. Let customers settle it alone.") % {"names": _named(bare)}
    return text, reverse("articles"), _("Write the article")


def _simplify(told: dict[str, Any]) -> tuple[str, str, str]:
    about = {"names": _named(told["reasons"]), "n": decimal(told["orders"], 0)}
    about["money"] = money(told["revenue"], told["currency"])
    text = _("%(names)s. %(n)s orders worth %(money)s followed all the same: take away what stands in their way.")
    return text % about, reverse("problems"), _("Open a problem")


def _develop(told: dict[str, Any]) -> tuple[str, str, str]:
    about = {"names": _named(told["reasons"]), "share": words(100 * told["orders"] / told["n"], "percent")}
    text = _("%(names)s. %(share)s are followed by an order. Do not shorten these: give them time.") % about
    return text, reverse("figure", args=["support_revenue"]), _("See support revenue")


def _named(reasons: Sequence[Worth]) -> str:
    """ "Late parcel, broken on arrival" and how many others."""
    names = ", ".join(one.reason.told_why for one in reasons[:SHOWN])
    more = len(reasons) - SHOWN
    return _("%(names)s and %(n)d more") % {"names": names, "n": more} if more > 0 else names
