"""Who takes the next ticket: colleagues who are here and have room, in turn or by load."""

from django.db.models import Count, F, Max, Q, QuerySet

from accounts.models import Presence, Role, User
from tickets.models import DeskSettings, Ticket

ANSWERERS = (Role.AGENT, Role.LEAD)


def next_colleague(ticket: Ticket, how: str = "") -> User | None:
    """The colleague whose turn it is: "turn" = longest without a new ticket, "load" = the emptiest desk for its size.

    `how` empty: as the shop has set it; by hand, or nobody here with room, gives None.
    """
    how = how or DeskSettings.of(ticket.shop).assignment
    present = with_room(candidates(ticket))
    if how == "turn":
        return (
            present.annotate(last=Max("tickets__assigned_at")).order_by(F("last").asc(nulls_first=True), "pk").first()
        )
    if how == "load":
        return present.order_by(F("load") * 1000 / F("capacity"), "pk").first()
    return None


def candidates(ticket: Ticket) -> QuerySet[User]:
    """Who may be given this ticket: its team, or any of our own people who answers customers."""
    colleagues = User.objects.filter(is_active=True, presence=Presence.ONLINE)
    if ticket.team_id:
        return colleagues.filter(teams=ticket.team_id)
    return colleagues.filter(role__in=ANSWERERS)


def with_room(colleagues: QuerySet[User]) -> QuerySet[User]:
    """Those with fewer live tickets than their capacity; annotated `load`."""
    live = Count("tickets", filter=Q(tickets__is_live=True), distinct=True)
    return colleagues.annotate(load=live).filter(load__lt=F("capacity"))
