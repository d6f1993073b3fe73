"""Which tickets, messages, files and customers a person may know of. Views and API start here: found, or 404."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from accounts.access import visibility
from accounts.models import Role, User
from channels_app.models import InboundMessage
from customers.models import Customer
from helpdesk.lib import compiled
from tickets.models import Attachment, Message, SavedView, SideThread, Ticket
from tickets.querysets import ABSORBED, TicketQuerySet, sight


def get_ticket(user: User, number: int) -> Ticket:
    """The ticket with this number if this user may know of it, else 404, as for one that isn't there."""
    found = compiled.found(lambda pk: _whole(Ticket.objects.visible_to(user).filter(pk=pk)), sight(user), number)
    if not found:
        raise Http404
    return found[0]


def _whole(tickets: TicketQuerySet) -> TicketQuerySet:
    """With all that a page about one ticket names, the numbers of those merged into it among them."""
    named = ("shop", "customer", "channel", "assignee", "team", "reason", "merged_into")
    return tickets.select_related(*named).annotate(absorbed=ABSORBED)


def get_message(user: User, pk: int) -> Message:
    message = Message.objects.select_related("ticket", "inbound", "outbound").filter(pk=pk).first()
    if message is None or not _reads(user, message.ticket):
        raise Http404
    return message


def get_side(user: User, pk: int) -> SideThread:
    side = SideThread.objects.select_related("ticket__shop", "ticket__channel").filter(pk=pk).first()
    if side is None or not _reads(user, side.ticket):
        raise Http404
    return side


def get_attachment(user: User, uuid: UUID) -> Attachment:
    attachment = Attachment.objects.select_related("message__ticket").filter(uuid=uuid).first()
    if attachment is None or not _reads(user, attachment.message.ticket):
        raise Http404
    return attachment


def _reads(user: User, ticket: Ticket) -> bool:
    """What was said on a merged ticket is read where it was merged into, too."""
    return sees_ticket(user, ticket) or (ticket.merged_into_id is not None and sees_ticket(user, ticket.survivor()))


def visible_views(user: User) -> QuerySet[SavedView]:
    """The saved views of everybody, of the user's teams and of the user, in their order; a partner's own only."""
    shared = Q(owner=user) | Q(team__in=user.team_ids())
    views = SavedView.objects.filter(shared if user.role == Role.PARTNER else shared | Q(owner=None, team=None))
    return views.order_by("position", "pk")


def get_view(user: User, pk: int) -> SavedView:
    """A view that this user may change: those they see, and for managers and admins every team's."""
    views = visible_views(user)
    if user.role in (Role.MANAGER, Role.ADMIN):
        views |= SavedView.objects.filter(owner=None)
    view = views.filter(pk=pk).first()
    if view is None:
        raise Http404
    return view


def visible_customers(user: User) -> QuerySet[Customer]:
    """Customers with a ticket that this user may see; and those without any ticket, but not for partners."""
    if user.role in (Role.MANAGER, Role.ADMIN):
        return Customer.objects.all()
    theirs = Ticket.objects.filter(customer=OuterRef("pk"))
    seen = Q(Exists(theirs.visible_to(user)))
    return Customer.objects.filter(seen if user.role == Role.PARTNER else seen | ~Q(Exists(theirs)))


def get_customer(user: User, pk: int) -> Customer:
    customer = visible_customers(user).prefetch_related("identities").filter(pk=pk).first()
    if customer is None:
        raise Http404
    return customer


def visible_inbound(user: User) -> QuerySet[InboundMessage]:
    """Raw messages that became part of no ticket, and those of tickets that this user may see."""
    theirs = Ticket.objects.visible_to(user).values("pk")
    return InboundMessage.objects.filter(Q(taken_in_as=None) | Q(taken_in_as__ticket__in=theirs)).defer("raw")


@visibility(Ticket)
def sees_ticket(user: User, ticket: Ticket) -> bool:
    return Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()


@visibility(Customer)
def sees_customer(user: User, customer: Customer) -> bool:
    return visible_customers(user).filter(pk=customer.pk).exists()
