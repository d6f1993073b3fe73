"""Colleagues who are called in a note, as "@Sophie Martin" or, where that is clear, "@Sophie"."""

import re
from collections.abc import Sequence

from accounts.models import Role, User
from tickets.models import Ticket

_AT = re.compile(r"(?<![\w.@])@(?=\w)")
LONGEST_NAME = 160


def mentionable(ticket: Ticket) -> list[User]:
    """Who may be called: active colleagues who may see the ticket (as `visible_to` has it), by name, in two queries."""
    active = User.objects.filter(is_active=True).prefetch_related("teams").order_by("first_name", "last_name", "pk")
    teams = {user: [team.pk for team in user.teams.all()] for user in active}
    return [user for user in active if may_be_called(user.pk, user.role, teams[user], ticket)]


def mentioned(ticket: Ticket, text: str) -> list[User]:
    """Whom this text calls. A first name alone counts when only one colleague bears it; case does not matter."""
    places = [match.end() for match in _AT.finditer(text)]
    if not places:
        return []
    people = mentionable(ticket)
    return [user for user in people if any(_calls(text[at : at + LONGEST_NAME], user, people) for at in places)]


def may_be_called(pk: int, role: str, teams: Sequence[int], ticket: Ticket) -> bool:
    """Whether the active colleague with this number, role and teams may see the ticket, as `visible_to` has it."""
    if role in (Role.MANAGER, Role.ADMIN) or ticket.assignee_id == pk:
        return True
    if ticket.team_id is None:
        return role != Role.PARTNER
    return ticket.team_id in teams


def _calls(words: str, user: User, people: Sequence[User]) -> bool:
    if _begins_with(words, user.full_name):
        return True
    if any(_begins_with(words, other.full_name) for other in people):
        return False  # "@Sophie Martin" is not the other Sophie
    namesakes = [one for one in people if one.first_name.casefold() == user.first_name.casefold()]
    return len(namesakes) == 1 and _begins_with(words, user.first_name)


def _begins_with(words: str, name: str) -> bool:
    head, rest = words[: len(name)], words[len(name) :]
    return bool(name) and head.casefold() == name.casefold() and not rest[:1].isalnum()
