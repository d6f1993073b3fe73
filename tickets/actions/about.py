"""What a form says a message is about: taken over where it is true, told to colleagues where it is not."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from channels_app.base import About
from customers.models import Customer, Order
from faq import addresses
from faq.models import ArticleTranslation
from tickets.actions.conversation import note
from tickets.actions.locking import locked, touch
from tickets.actions.work import choose_reason
from tickets.actors import CUSTOMER, SYSTEM
from tickets.events import record
from tickets.models import EventKind, Reason, Ticket


@transaction.atomic
def note_about(ticket: Ticket, about: About, *, customer: Customer) -> None:
    """The reason if it is one of ours and none was chosen yet, the order if it is this customer's.

    An order of somebody else, or of nobody, and the article read before become a note: only colleagues see it.
    """
    reason = Reason.objects.filter(key=about.reason, archived=False).first() if about.reason else None
    if reason and ticket.reason_id is None:
        choose_reason(ticket, to=reason, by=CUSTOMER)
    words = []
    with override(ticket.shop.default_language):
        if about.order and not _link_order(ticket, about.order, customer):
            words.append(_("They name the order %(number)s, which is not one of theirs.") % {"number": about.order})
        if article := _article(ticket, about.article):
            words.append(_("Read before writing: %(title)s") % {"title": article})
    if words:
        note(ticket, by=SYSTEM, text="\n".join(words))


def _link_order(ticket: Ticket, number: str, customer: Customer) -> bool:
    order = Order.objects.filter(shop=ticket.shop, customer=customer, number__iexact=number).first()
    if order is None:
        return False
    if not ticket.orders.filter(pk=order.pk).exists():
        ticket = locked(ticket)
        ticket.orders.add(order)
        touch(ticket)
        record(ticket, EventKind.ORDER, by=CUSTOMER, deed="named", number=order.number)
    return True


def _article(ticket: Ticket, number: int) -> str:
    """Title and address of a published article of the shop; "" when there is none."""
    rows = ArticleTranslation.objects.of(ticket.shop, ticket.language).published() if number else None
    found = rows.filter(article_id=number).first() if rows is not None else None
    return f"{found.title}\n{addresses.absolute(ticket.shop, addresses.article(ticket.shop, found))}" if found else ""
