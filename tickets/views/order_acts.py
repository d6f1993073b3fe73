"""POST views of an order in the side panel: what its store can do, one verb each. Colleagues may go beyond the rules
that shoppers are held to; that is written down."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.access import policy
from accounts.http import Request
from customers.models import Order
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_ticket
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.views.customers import side_again


@policy("order.act")
@require_POST
def cancel_order(request: Request, number: int, pk: int) -> HttpResponse:
    by = Actor.agent(request.user)
    return _act(request, number, pk, lambda ticket, order: actions.cancel_order(order, by=by, ticket=ticket))


@policy("order.act")
@require_POST
def return_order(request: Request, number: int, pk: int) -> HttpResponse:
    by, items = Actor.agent(request.user), request.POST.getlist("items")[:100]
    return _act(
        request,
        number,
        pk,
        lambda ticket, order: actions.return_order(order, items=items, why="", by=by, ticket=ticket),
    )


@policy("order.act")
@require_POST
def change_address(request: Request, number: int, pk: int) -> HttpResponse:
    by, address = Actor.agent(request.user), request.POST.get("address", "")
    return _act(
        request,
        number,
        pk,
        lambda ticket, order: actions.change_order_address(order, address=address, by=by, ticket=ticket),
    )


def _act(request: Request, number: int, pk: int, do: Callable[[Ticket, Order], object]) -> HttpResponse:
    """On an order of the ticket's own customer; 422 with the words of a refusal beside the order."""
    ticket = get_ticket(request.user, number)
    order = get_object_or_404(Order, pk=pk, customer=ticket.customer_id, shop=ticket.shop_id)
    try:
        do(ticket, order)
    except Refused as refusal:
        return side_again(request, number, refused=(f"order-{order.pk}", refusal.words))
    return side_again(request, number)
