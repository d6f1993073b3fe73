"""From the keys of an archive to the rows of this installation."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from accounts.models import Shop, Team, User
from customers.models import Customer, Order
from hours.models import Calendar
from metrics.archive.fields import Fields
from surveys.models import ScorecardVersion
from tickets.models import Reason, SlaPolicy, Ticket

SLUG = 50  # characters of a team's key


class Keys:
    """What the lines of one kind may refer to. People, shops and reasons are few and read once; the rest by batch."""

    def __init__(self, *, rehearsing: bool = False) -> None:
        self.rehearsing = rehearsing  # all will be taken back
        self.shops = {shop.key: shop for shop in Shop.objects.all()}
        self.agents = {user.key: user for user in User.objects.exclude(key=None)}
        self.reasons = {reason.key: reason for reason in Reason.objects.all()}
        self.policies = {policy.key: policy for policy in SlaPolicy.objects.all()}
        self.calendars = {calendar.key: calendar for calendar in Calendar.objects.all()}
        self._teams = {team.key: team for team in Team.objects.all()}
        self._customers: dict[str, int] = {}
        self._orders: dict[str, int] = {}

    @cached_property
    def scorecards(self) -> dict[tuple[str, int], ScorecardVersion]:
        """Versions of scorecards with their categories, by name and number."""
        rows = ScorecardVersion.objects.select_related("scorecard").prefetch_related("categories")
        return {(row.scorecard.name, row.number): row for row in rows}

    def know(self, *, customers: Iterable[Any], orders: Iterable[Any] = ()) -> None:
        """Look up what a batch refers to, in one query each."""
        self._customers = _ids(Customer, customers)
        self._orders = _ids(Order, orders)

    def shop(self, fields: Fields) -> Shop:
        key = fields.key("shop")
        if key not in self.shops:
            raise fields.refuse("shop", f"unknown shop {key!r}")
        return self.shops[key]

    def agent(self, fields: Fields, name: str, key: str) -> User:
        if key not in self.agents:
            raise fields.refuse(name, f"unknown agent {key!r}")
        return self.agents[key]

    def reason(self, fields: Fields, name: str, key: str) -> Reason:
        if key not in self.reasons:
            raise fields.refuse(name, f"unknown reason {key!r}")
        return self.reasons[key]

    def customer(self, fields: Fields, name: str = "customer") -> int:
        """The customer's primary key."""
        key = fields.key(name)
        if key not in self._customers:
            raise fields.refuse(name, f"unknown customer {key!r}")
        return self._customers[key]

    def orders(self, fields: Fields) -> list[int]:
        keys = fields.keys("orders")
        for n, key in enumerate(keys):
            if key not in self._orders:
                raise fields.refuse(f"orders[{n}]", f"unknown order {key!r}")
        return [self._orders[key] for key in dict.fromkeys(keys)]

    def team(self, word: str) -> Team:
        """The team with this key or name, made when there is none: an archive may know teams by name only."""
        key = slugify(word)[:SLUG] or "team"
        team = self._teams.get(word) or next((team for team in self._teams.values() if team.name == word), None)
        team = team or self._teams.get(key)
        if team is None:
            team = Team.objects.create(key=key, name=word[:80])
            self._teams[team.key] = team
        return team


def tickets(keys: Iterable[Any]) -> dict[str, int]:
    """Primary keys of tickets by their keys."""
    return _ids(Ticket, keys)


def _ids(model: type[Model], keys: Iterable[Any]) -> dict[str, int]:
    wanted = {key for key in keys if isinstance(key, str)}
    if not wanted:
        return {}
    return dict(model._default_manager.filter(key__in=wanted).values_list("key", "pk"))
