"""The same step on many tickets: each ticket on its own, each with its outcome, and the way back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import MergeRefused, mark_spam, merge
from tickets.actions.reverting import REVERTIBLE, revert
from tickets.actions.snooze import ARRIVED, snooze
from tickets.actions.state import change_state
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise, tag
from tickets.actors import Actor
from tickets.models import Event, Priority, Reason, Ticket
from tickets.states import State

NOBODY = "none"


@dataclass(frozen=True)
class Deed:
    """A step that can be done to any ticket. `meaning` reads a word, ValueError or KeyError for a senseless one; `do`
    does what it means."""

    meaning: Callable[[str], Any]
    do: Callable[[Ticket, Any, Actor], object]


@dataclass
class Outcome:
    """`done`: by ticket the event that changed it; `refused`: the numbers by the reason in words."""

    done: dict[int, int] = field(default_factory=dict)
    refused: dict[str, list[int]] = field(default_factory=dict)


def act_on_all(tickets: Sequence[Ticket], deed: str, to: str, *, by: Actor) -> Outcome:
    """Do it to each ticket in its own transaction: a refusal of one leaves the others done. KeyError for an unknown
    deed; Refused when `to` means nothing, before anything is done."""
    outcome, step, meant = Outcome(), DEEDS[deed], _meant(deed, to)
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    for ticket in tickets:
        _try(outcome, ticket.pk, partial(step.do, ticket, meant, by))
    steps = Event.objects.filter(ticket__in=tickets, pk__gt=last, user=by.user, kind__in=REVERTIBLE)
    outcome.done = dict(steps.order_by("pk").values_list("ticket", "pk"))
    return outcome


def take_back_all(done: Mapping[int, int], *, by: Actor) -> Outcome:
    """Undo one's own steps, each unless somebody has changed the same thing since."""
    outcome = Outcome()
    for step in Event.objects.filter(pk__in=done.values(), user=by.user).select_related("ticket").order_by("pk"):
        if _try(outcome, step.ticket_id, partial(revert, step, by=by)):
            outcome.done[step.ticket_id] = step.pk
    return outcome


def _try(outcome: Outcome, number: int, do: Callable[[], object]) -> bool:
    try:
        do()
    except (Refused, MergeRefused) as refusal:
        words = refusal.words if isinstance(refusal, Refused) else str(refusal).removeprefix("into: ")
        outcome.refused.setdefault(words, []).append(number)
        return False
    return True


def _meant(deed: str, to: str) -> Any:
    """What the word means for this deed."""
    try:
        return DEEDS[deed].meaning(to)
    except (ValueError, KeyError, User.DoesNotExist, Team.DoesNotExist, Reason.DoesNotExist, Ticket.DoesNotExist):
        raise Refused("to", _("That choice is not possible.")) from None


def _person(word: str) -> User | None:
    return None if word == NOBODY else User.objects.get(pk=int(word), is_active=True)


def _team(word: str) -> Team | None:
    return None if word == NOBODY else Team.objects.get(key=word)


def _reason(word: str) -> Reason | None:
    return None if word == NOBODY else Reason.objects.get(key=word)


def _word(word: str) -> str:
    if not word.strip():
        raise ValueError
    return word


def _yes(word: str) -> bool:
    return {"yes": True}[word]


def _snoozed(word: str) -> tuple[datetime, str]:
    """Until when, and until which event of the order."""
    until, _sep, wakes_on = word.partition(" ")
    when = datetime.fromisoformat(until)
    if timezone.is_naive(when) or wakes_on not in ("", *ARRIVED):
        raise ValueError
    return when, wakes_on


def _ticket(word: str) -> Ticket:
    return Ticket.objects.get(pk=int(word))


DEEDS: dict[str, Deed] = {
    "assign": Deed(_person, lambda ticket, to, by: assign(ticket, to=to, by=by)),
    "team": Deed(_team, lambda ticket, to, by: move_to_team(ticket, to=to, by=by)),
    "reason": Deed(_reason, lambda ticket, to, by: choose_reason(ticket, to=to, by=by)),
    "state": Deed(State, lambda ticket, to, by: change_state(ticket, to, by=by)),
    "priority": Deed(Priority.from_key, lambda ticket, to, by: prioritise(ticket, to=to, by=by)),
    "tag": Deed(_word, lambda ticket, word, by: tag(ticket, add=[word], by=by)),
    "snooze": Deed(_snoozed, lambda ticket, to, by: snooze(ticket, until=to[0], wakes_on=to[1], by=by)),
    "spam": Deed(_yes, lambda ticket, _to, by: mark_spam(ticket, by=by)),
    "merge": Deed(_ticket, lambda ticket, into, by: merge(ticket, into=into, by=by)),
}
