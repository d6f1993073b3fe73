"""Which policy counts for a ticket: the first of its shop, by position, whose conditions fit and that was in force."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import prefetch_related_objects

from accounts.models import Team
from channels_app.models import ChannelKind
from tickets.calendars import Calendars, Timer
from tickets.models import Clock, Deadline, Priority, Reason, SlaPolicy, Ticket

# A change of these is a new promise.
PROMISES = ("first_reply", "next_reply", "resolution", "clock", "conditions", "active", "shop")


class Policies:
    """The active policies and calendars of some shops, read on first use: one query each for any number of tickets."""

    def __init__(self, shop_ids: Iterable[int]) -> None:
        shops = sorted(set(shop_ids))
        self.calendars = Calendars(shops)
        self._shops = shops
        self._by_shop: dict[int, list[SlaPolicy]] | None = None

    def prepare(self, tickets: Sequence[Ticket]) -> None:
        """Read what the conditions ask of many tickets, all at once."""
        asked = [policy for shop in {one.shop_id for one in tickets} for policy in self._all(shop)]
        if any("order_over" in policy.conditions for policy in asked):
            read_orders(tickets)

    def of(self, ticket: Ticket, since: datetime) -> SlaPolicy | None:
        """The policy for what we learned at `since`; None when nothing was promised then."""
        return next((one for one in self._all(ticket.shop_id) if in_force(one, since) and fits(one, ticket)), None)

    def timer(self, ticket: Ticket, clock: str) -> Timer:
        """The clock of a target of this ticket: opening hours are the team's, the channel's or the shop's."""
        if clock == Clock.CALENDAR:
            return Timer()
        return Timer(self.calendars.of(ticket.shop_id, channel=ticket.channel, team=ticket.team))

    def _all(self, shop_id: int) -> list[SlaPolicy]:
        if self._by_shop is None:
            self._by_shop = {}
            for one in SlaPolicy.objects.filter(shop__in=self._shops, active=True).order_by("position", "pk"):
                self._by_shop.setdefault(one.shop_id, []).append(one)
        return self._by_shop.get(shop_id, [])


def read_orders(tickets: Sequence[Ticket]) -> None:
    """The orders that many tickets may be about, in two queries."""
    prefetch_related_objects(tickets, "orders", "customer__orders")


def target_of(policy: SlaPolicy, kind: str) -> int | None:
    """Seconds that a policy allows for this kind of deadline; None when it promises nothing."""
    targets = {
        Deadline.Kind.FIRST_REPLY: policy.first_reply,
        Deadline.Kind.NEXT_REPLY: policy.next_reply,
        Deadline.Kind.RESOLUTION: policy.resolution,
    }
    return targets[Deadline.Kind(kind)]


def in_force(policy: SlaPolicy, since: datetime) -> bool:
    """Whether a policy counted at that time: a new promise is none for those who waited before it."""
    return policy.valid_from is None or policy.valid_from <= since


def fits(policy: SlaPolicy, ticket: Ticket) -> bool:
    """Whether all conditions of a policy hold for this ticket; a condition left out holds for any."""
    wanted = policy.conditions
    tags = {tag.lower() for tag in ticket.tags}
    return (
        ticket.channel_kind in wanted.get("channels", [ticket.channel_kind])
        and ("priorities" not in wanted or Priority(ticket.priority).key in wanted["priorities"])
        and ("teams" not in wanted or (ticket.team is not None and ticket.team.key in wanted["teams"]))
        and ("tags" not in wanted or any(tag.lower() in tags for tag in wanted["tags"]))
        and ("reasons" not in wanted or (ticket.reason is not None and ticket.reason.key in wanted["reasons"]))
        and ("vip" not in wanted or ticket.customer.vip == wanted["vip"])
        and ("order_over" not in wanted or _ordered_over(ticket, Decimal(wanted["order_over"])))
    )


def _ordered_over(ticket: Ticket, amount: Decimal) -> bool:
    return any(order.total > amount for order in ticket.orders_meant())


def revise(policy: SlaPolicy, changes: dict[str, Any], *, at: datetime) -> None:
    """Put checked values into a policy, unsaved. What it promises anew counts for what begins from `at` on."""
    anew = any(name in PROMISES and getattr(policy, name, None) != value for name, value in changes.items())
    for name, value in changes.items():
        setattr(policy, name, value)
    if policy._state.adding:
        policy.valid_from = at
    elif anew:
        policy.version, policy.valid_from = policy.version + 1, at


def check_conditions(conditions: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a policy's conditions, by name; empty when nothing is. The words are not translated."""
    wrong = {name: "Unknown condition." for name in conditions if name not in CHECKS}
    for name, value in conditions.items():
        if name in CHECKS and (words := CHECKS[name](value)):
            wrong[name] = words
    return wrong


def _one_of(choices: Iterable[str]) -> Callable[[Any], str]:
    known = list(choices)
    words = f"Expected a list of {', '.join(known)}."
    return lambda value: "" if _words(value) and set(value) <= set(known) else words


def _keys_of(model: type[Team] | type[Reason]) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not _words(value):
            return "Expected a list of keys."
        unknown = set(value) - set(model.objects.filter(key__in=value).values_list("key", flat=True))
        return f"Unknown: {', '.join(sorted(unknown))[:200]}." if unknown else ""

    return check


def _words(value: Any) -> bool:
    return isinstance(value, list) and 0 < len(value) <= 100 and all(isinstance(one, str) and one for one in value)


def _amount(value: Any) -> str:
    try:
        good = isinstance(value, str) and len(value) <= 20 and 0 <= Decimal(value) < Decimal(10) ** 10
    except InvalidOperation:
        good = False
    return "" if good else 'Expected an amount as text, for example "100.00".'


CHECKS: dict[str, Callable[[Any], str]] = {
    "channels": _one_of(ChannelKind.values),
    "priorities": _one_of(priority.key for priority in Priority),
    "teams": _keys_of(Team),
    "reasons": _keys_of(Reason),
    "tags": lambda value: "" if _words(value) else "Expected a list of words.",
    "vip": lambda value: "" if isinstance(value, bool) else "Expected true or false.",
    "order_over": _amount,
}
