"""The customer beside a conversation: edited in place, merged with their other records, taken apart again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import policy
from accounts.http import Request
from customers.models import Customer
from helpdesk.lib.htmx import go, wants_fragment
from helpdesk.lib.refused import Refused
from tickets import actions
from tickets.access import get_customer, get_ticket, visible_customers
from tickets.actors import Actor
from tickets.forms import OtherCustomerForm
from tickets.models import Ticket
from tickets.search import customers_like
from tickets.views.conversation import PAGE, whole_page
from tickets.views.customer_form import CustomerForm
from tickets.views.reading import Reading
from tickets.views.side_page import panel_of

SIDE, FORM = "tickets/side.html", "tickets/customer_form.html"
FOUND = 10


@policy("customer.write")
@require_GET
def customer_form(request: Request, number: int) -> HttpResponse:
    """For a panel in which it is closed; without htmx the page with this form open."""
    ticket = get_ticket(request.user, number)
    form = CustomerForm.of(ticket.customer)
    if wants_fragment(request):
        return render(request, FORM, {"ticket": ticket, "customer_form": form})
    reading = Reading(ticket, request.user)
    return render(request, PAGE, whole_page(request, reading) | panel_of(reading, customer_form=form))


@policy("customer.write")
@require_POST
def edit_customer(request: Request, number: int) -> HttpResponse:
    """422 with the form and its errors when a value is not possible."""
    ticket, form = get_ticket(request.user, number), CustomerForm(request.POST)
    if form.is_valid():
        try:
            actions.edit_customer(ticket, by=Actor.agent(request.user), values=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.words)
    return side_again(request, number, customer_form=None if form.is_valid() else form)


@policy("customer.write")
@require_GET
def compare_customers(request: Request, number: int) -> HttpResponse:
    """Find the other record (`?q=`), see both side by side (`?other=`), confirm."""
    ticket, form = get_ticket(request.user, number), OtherCustomerForm(request.GET)
    other = get_customer(request.user, form.cleaned_data["other"]) if form.is_valid() else None
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = customers_like(words, request.user, limit=FOUND) if words else []
    rows = visible_customers(request.user).filter(pk__in=found, merged_into=None).exclude(pk=ticket.customer_id)
    context: dict[str, Any] = {"ticket": ticket, "words": words, "found": rows.prefetch_related("identities")}
    context["both"] = [_record(one) for one in (ticket.customer, other)] if other else []
    return render(request, "tickets/customer_merge.html", context)


@policy("customer.write")
@require_POST
def merge_customer(request: Request, number: int) -> HttpResponse:
    """The other record becomes part of this ticket's customer."""
    ticket, form = get_ticket(request.user, number), OtherCustomerForm(request.POST)
    if form.is_valid():
        other = get_customer(request.user, form.cleaned_data["other"])
        try:
            actions.merge_customer(ticket, other=other, by=Actor.agent(request.user))
            messages.success(request, _("%(name)s is part of this customer now.") % {"name": other.display_name})
        except Refused as refusal:
            messages.error(request, refusal.words)
    return go(request, f"/tickets/{number}/")


@policy("customer.write")
@require_POST
def unmerge_customer(request: Request, number: int) -> HttpResponse:
    """Take a record out of this ticket's customer again: both are as they were."""
    ticket, form = get_ticket(request.user, number), OtherCustomerForm(request.POST)
    if form.is_valid():
        other = get_object_or_404(Customer, pk=form.cleaned_data["other"], merged_into=ticket.customer_id)
        actions.unmerge_customer(ticket, other=other, by=Actor.agent(request.user))
        messages.success(request, _("%(name)s stands alone again.") % {"name": other.display_name})
    return go(request, f"/tickets/{number}/" if Ticket.objects.visible_to(request.user).filter(pk=number) else "/")


def side_again(request: Request, number: int, **context: Any) -> HttpResponse:
    """The panel as it is now: for htmx alone, else in its page. 422 when the context carries what was refused."""
    refused = any(context.values())
    if not refused and not wants_fragment(request):
        return go(request, f"/tickets/{number}/#customer")
    reading = Reading(get_ticket(request.user, number), request.user)
    panel, status = panel_of(reading, **context), 422 if refused else 200
    if wants_fragment(request):
        return render(request, SIDE, panel, status=status)
    return render(request, PAGE, whole_page(request, reading) | panel, status=status)


def _record(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer,
        "identities": customer.identities.all(),
        "tickets": customer.tickets.count(),
        "orders": customer.orders.count(),
    }
