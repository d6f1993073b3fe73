"""The same step on many tickets: each ticket on its own, each with its outcome, and the way back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Team, User
from helpdesk.lib.refused import Refused
from tickets.actions.fate import MergeRefused, mark_spam, merge, unmark_spam, unmerge
from tickets.actions.snooze import snooze, wake_up
from tickets.actions.state import change_state
from tickets.actions.work import assign, choose_reason, move_to_team, prioritise, tag
from tickets.actors import Actor
from tickets.models import Priority, Reason, Ticket
from tickets.states import State

NOBODY = "none"


@dataclass(frozen=True)
class Deed:
    """A step that can be done to any ticket. `value` reads what it changes, as a word; `do` sets it to such a word."""

    value: Callable[[Ticket], str]
    do: Callable[[Ticket, str, Actor], object]


@dataclass
class Outcome:
    """`done`: (number, the word before, the word after); `refused`: the numbers by the reason in words."""

    done: list[tuple[int, str, str]] = field(default_factory=list)
    refused: dict[str, list[int]] = field(default_factory=dict)


def act_on_all(tickets: Sequence[Ticket], deed: str, to: str, *, by: Actor) -> Outcome:
    """Do it to each ticket in its own transaction: a refusal of one leaves the others done. KeyError for an unknown
    deed; Refused when `to` means nothing, before anything is done."""
    outcome, step = Outcome(), DEEDS[deed]
    _check(deed, to)
    for ticket in tickets:
        before = step.value(ticket)
        after = AFTERWARDS[deed](before, to) if deed in AFTERWARDS else to
        _try(outcome, ticket, step, before=before, to=after, by=by)
    return outcome


def take_back_all(tickets: Sequence[Ticket], deed: str, done: Sequence[tuple[int, str, str]], *, by: Actor) -> Outcome:
    """Set each ticket back to what it was, unless somebody has changed the same thing since."""
    outcome, step, known = Outcome(), DEEDS[deed], {ticket.pk: ticket for ticket in tickets}
    for number, before, after in done:
        ticket = known.get(number)
        if ticket is None:
            continue
        if step.value(ticket) != after:
            outcome.refused.setdefault(_("Somebody has changed it since."), []).append(number)
            continue
        _try(outcome, ticket, step, before=after, to=before, by=by)
    return outcome


def _try(outcome: Outcome, ticket: Ticket, step: Deed, *, before: str, to: str, by: Actor) -> None:
    if before == to:
        return
    try:
        step.do(ticket, to, by)
    except (Refused, MergeRefused) as refusal:
        words = refusal.words if isinstance(refusal, Refused) else str(refusal).removeprefix("into: ")
        outcome.refused.setdefault(words, []).append(ticket.pk)
    else:
        outcome.done.append((ticket.pk, before, to))


def _check(deed: str, to: str) -> None:
    """Whether the word means something for this deed."""
    try:
        MEANINGS[deed](to)
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


def _spam(word: str) -> bool:
    return {"yes": True, "": False}[word]


def _snoozed(word: str) -> tuple[datetime | None, str]:
    """Until when and until which event of the order; (None, "") is awake."""
    until, _sep, wakes_on = word.partition(" ")
    when = datetime.fromisoformat(until) if until else None
    if when is not None and timezone.is_naive(when):
        raise ValueError
    return when, wakes_on


def _ticket(word: str) -> Ticket:
    return Ticket.objects.get(pk=int(word))


MEANINGS: dict[str, Callable[[str], object]] = {
    "assign": _person,
    "team": _team,
    "reason": _reason,
    "state": State,
    "priority": Priority.from_key,
    "tag": _word,
    "snooze": _snoozed,
    "spam": _spam,
    "merge": _ticket,
}


def _split(words: str) -> list[str]:
    return [word for word in words.split("\n") if word]


def _tags_after(before: str, added: str) -> str:
    have = _split(before)
    known = {word.lower() for word in have}
    return "\n".join(have + [word for word in [added.strip()[:60]] if word.lower() not in known])


def _instant_after(_before: str, word: str) -> str:
    """The same instant as a ticket tells it."""
    until, wakes_on = _snoozed(word)
    return f"{until.astimezone(UTC).isoformat()} {wakes_on}".strip() if until else ""


AFTERWARDS: dict[str, Callable[[str, str], str]] = {"tag": _tags_after, "snooze": _instant_after}


def _set_tags(ticket: Ticket, words: str, by: Actor) -> None:
    wanted = _split(words)
    tag(ticket, add=wanted, remove=[name for name in ticket.tags if name not in wanted], by=by)


def _set_state(ticket: Ticket, to: str, by: Actor) -> None:
    """Nothing becomes new again: what was new is open after the way back."""
    change_state(ticket, State.OPEN if to == State.NEW else State(to), by=by)


def _set_snoozed(ticket: Ticket, word: str, by: Actor) -> None:
    until, wakes_on = _snoozed(word)
    if until:
        snooze(ticket, until=until, wakes_on=wakes_on, by=by)
    else:
        wake_up(ticket, by=by, why="undone")


def _set_merged(ticket: Ticket, into: str, by: Actor) -> None:
    if into:
        merge(ticket, into=_ticket(into), by=by)
    else:
        unmerge(ticket, by=by)


DEEDS: dict[str, Deed] = {
    "assign": Deed(
        lambda ticket: str(ticket.assignee_id or NOBODY), lambda ticket, to, by: assign(ticket, to=_person(to), by=by)
    ),
    "team": Deed(
        lambda ticket: ticket.team.key if ticket.team else NOBODY,
        lambda ticket, to, by: move_to_team(ticket, to=_team(to), by=by),
    ),
    "reason": Deed(
        lambda ticket: ticket.reason.key if ticket.reason else NOBODY,
        lambda ticket, to, by: choose_reason(ticket, to=_reason(to), by=by),
    ),
    "state": Deed(lambda ticket: ticket.state, _set_state),
    "priority": Deed(
        lambda ticket: Priority(ticket.priority).key,
        lambda ticket, to, by: prioritise(ticket, to=Priority.from_key(to), by=by),
    ),
    "tag": Deed(lambda ticket: "\n".join(ticket.tags), _set_tags),
    "snooze": Deed(
        lambda ticket: f"{ticket.snoozed_until.isoformat()} {ticket.wakes_on}".strip() if ticket.snoozed_until else "",
        _set_snoozed,
    ),
    "spam": Deed(
        lambda ticket: "yes" if ticket.spam else "",
        lambda ticket, to, by: mark_spam(ticket, by=by) if to else unmark_spam(ticket, by=by),
    ),
    "merge": Deed(lambda ticket: str(ticket.merged_into_id or ""), _set_merged),
}
