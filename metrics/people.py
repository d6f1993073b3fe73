"""The leaderboard and the rewards (S54). Off by default; nobody leads on a handful of answers.

Tie rule: the same figure, the larger sample first; the same sample too, the same rank.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop, Team, User
from helpdesk.lib.refused import Refused
from metrics.kpis import KPIS
from metrics.kpis.registry import Kpi
from metrics.measures import ANY, Figure
from metrics.models import Reward
from metrics.numbers import words
from metrics.ratios import settings_of
from metrics.scope import Group, Scope

BOARDS = ("csat", "first_response_time", "resolution_time")


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's figure. `rank` is None below the minimum sample."""

    person: User
    figure: Figure
    unit: str
    rank: int | None

    @property
    def words(self) -> str:
        return words(self.figure.value, KPIS[self.unit].unit)


def leaderboard(slug: str, scope: Scope) -> list[Place]:
    """The ranked first, then those with too few answers by name: one statement for the figures."""
    kpi, least = KPIS[slug], settings_of(scope).leaderboard_least
    found = kpi.measure(scope).figures(scope, Group.AGENT)
    people = User.objects.in_bulk([key for key in found if key not in (None, ANY)])
    known = [(person, found[pk]) for pk, person in people.items() if found[pk].value is not None]
    ranked = sorted(
        (one for one in known if one[1].n >= least), key=lambda one: (*_order(kpi, one[1]), one[0].full_name)
    )
    rest = sorted((one for one in known if one[1].n < least), key=lambda one: one[0].full_name)
    places: list[Place] = []
    for n, (person, figure) in enumerate(ranked, start=1):
        tied = places and _order(kpi, places[-1].figure) == _order(kpi, figure)
        places.append(Place(person, figure, slug, places[-1].rank if tied else n))
    return [*places, *(Place(person, figure, slug, None) for person, figure in rest)]


@transaction.atomic
def reward(
    shop: Shop, what: str, *, by: User, person: User | None = None, team: Team | None = None, why: str = ""
) -> Reward:
    """Note what one person or one team was given. Raises Refused without a word for it, and for neither or both."""
    if not what.strip():
        raise Refused("what", _("Say what was given."))
    if (person is None) == (team is None):
        raise Refused("person", _("A reward is of one person or of one team."))
    told = {"what": what.strip()[:120], "why": why.strip()[:200]}
    return Reward.objects.create(shop=shop, person=person, team=team, by=by, **told)


def _order(kpi: Kpi, figure: Figure) -> tuple[float, int]:
    """The better first, then the larger sample."""
    value = float(figure.value or 0)
    return (value if kpi.better == "lower" else -value, -figure.n)
