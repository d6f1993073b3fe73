"""The side panel's context: the customer, the request as the shop files it, the problems it shows, its complaint."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.access import may
from accounts.models import User
from tickets import actions
from tickets.models import CustomField, Ticket
from tickets.views.complaint_panel import case_of
from tickets.views.customer_form import CustomerForm
from tickets.views.side import side_of
from tickets.views.to_do import to_do_on


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the shop's own, with the value of this ticket."""

    field: CustomField
    value: Any
    error: str = ""


def panel_of(
    ticket: Ticket,
    user: User,
    now: datetime,
    *,
    customer_form: CustomerForm | None = None,
    refused: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The context of templates/tickets/side.html. `refused`: the key and the words of a field that was not taken."""
    known = CustomField.objects.filter(shop=None) | ticket.shop.custom_fields.all()
    field, words = refused or ("", "")
    return {
        "ticket": ticket,
        "side": side_of(ticket, user, now, contact=may(user, "customer.contact")),
        "own_fields": [
            OwnField(one, ticket.fields.get(one.key, ""), words if one.key == field else "") for one in known
        ],
        "problems": list(ticket.problems.all()),
        "suggested_problems": actions.suggested_problems(ticket),
        "customer_form": customer_form or CustomerForm.of(ticket.customer),
        "may_edit_customer": may(user, "customer.write"),
        "may_write": may(user, "ticket.write"),
        "refused_order": (field.removeprefix("order-"), words) if field.startswith("order-") else None,
        "may_act_on_orders": may(user, "order.act"),
        "case": case_of(ticket, user),
        "to_do": to_do_on(ticket, now),
        "task_refused": words if field == "task" else "",
    }
