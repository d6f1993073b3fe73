"""Who else is at a ticket: colleagues looking, typing, or with a draft."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.lib import compiled, presence
from helpdesk.lib.presence import Doing
from tickets import chat
from tickets.models import ChatSession, Draft, Ticket
from tickets.views.rows import Colleague

AWAY = 60  # seconds without a sign of life from a chat's visitor
SHOWN = 2_000  # letters of a colleague's draft


@dataclass(frozen=True, slots=True)
class Companion:
    """A colleague at the same ticket."""

    colleague: Colleague
    typing: bool
    words: str


@dataclass(frozen=True, slots=True)
class Begun:
    """What a colleague has begun to write."""

    colleague: Colleague
    public: bool
    text: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """The customer at the other end of a chat."""

    words: str
    is_here: bool
    page: str
    page_url: str
    typed: str


@dataclass(frozen=True, slots=True)
class Company:
    people: list[Companion]
    drafts: list[Begun]
    visitor: Visitor | None = None


def place(number: int) -> str:
    """The name under which people are present at a ticket."""
    return f"ticket:{number}"


def looking_at(numbers: Sequence[int], reader: User) -> dict[int, list[Companion]]:
    """Who but the reader is at each of these tickets, where somebody is. No query when nobody is, else two."""
    met = {number: people for number, people in _others(numbers, reader).items() if people}
    if not met:
        return {}
    allowed = Ticket.objects.visible_to(reader).filter(pk__in=met).values_list("pk", flat=True)
    users = User.objects.filter(is_active=True).in_bulk({pk for people in met.values() for pk in people})
    return {
        number: [_companion(users[pk], doing) for pk, doing in sorted(met[number].items()) if pk in users]
        for number in allowed
    }


def _others(numbers: Sequence[int], reader: User) -> dict[int, dict[int, Doing]]:
    there = presence.here(map(place, numbers))
    return {number: {pk: how for pk, how in there[place(number)].items() if pk != reader.pk} for number in numbers}


def company_of(ticket: Ticket, reader: User, drafts: list[Draft] | None = None) -> Company:
    """Everybody but the reader: those who type first, then by name. One query when somebody else is there, and one when
    the ticket's drafts are not given."""
    present = _others([ticket.pk], reader)[ticket.pk]
    users = User.objects.filter(pk__in=present, is_active=True).order_by("first_name", "last_name") if present else []
    people = [_companion(user, present[user.pk]) for user in users]
    if drafts is None:
        drafts = list(Draft.objects.filter(ticket=ticket).select_related("user").order_by("pk"))
    theirs = [one for one in drafts if one.user_id != reader.pk and one.text]
    begun = [Begun(_colleague(one.user), one.public, one.text[:SHOWN]) for one in theirs]
    return Company(sorted(people, key=lambda one: not one.typing), begun, _visitor(ticket))


def _visitor(ticket: Ticket) -> Visitor | None:
    """None for a ticket of another channel, which costs nothing; otherwise one query."""
    found = compiled.found(_newest_session, "session", ticket.pk) if ticket.channel_kind == "chat" else []
    if not found:
        return None
    session = found[0]
    here = not session.is_away(AWAY)
    typing = here and chat.is_typing(ticket)
    words = _("The visitor is writing") if typing else _("The visitor is here") if here else _("The visitor has left")
    safe = session.page_url if session.page_url.startswith(("https://", "http://")) else ""
    return Visitor(words, here, session.page_title or session.page_url, safe, chat.typed(session) if typing else "")


def _newest_session(ticket: int) -> QuerySet[ChatSession]:
    return ChatSession.objects.filter(ticket=ticket).order_by("-pk")[:1]


def _companion(user: User, doing: Doing) -> Companion:
    typing = doing == Doing.TYPING
    words = _("%(name)s is writing") if typing else _("%(name)s is looking")
    return Companion(_colleague(user), typing, words % {"name": user.first_name})


def _colleague(user: User) -> Colleague:
    return Colleague(user.full_name, user.initials, user.colour)
