"""The side panel's context: the customer, the request as the shop files it, the problems it shows, its complaint."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.access import may
from helpdesk.lib import compiled
from tickets import actions
from tickets.models import CustomField
from tickets.views.complaint_panel import case_of
from tickets.views.customer_form import CustomerForm
from tickets.views.reading import Reading
from tickets.views.side import side_of
from tickets.views.to_do import to_do_on


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the shop's own, with the value of this ticket."""

    field: CustomField
    value: Any
    error: str = ""


def panel_of(
    reading: Reading,
    *,
    customer_form: CustomerForm | None = None,
    refused: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """The context of templates/tickets/side.html. `customer_form`: where it is open. `refused`: the key and the words
    of a field that was not taken."""
    ticket, user, facts = reading.ticket, reading.reader, reading.facts
    known = compiled.found(_own_fields, "own fields", ticket.shop_id) if facts.shop_has_fields else []
    others = actions.open_problems(ticket) if facts.shop_has_problems else []
    field, words = refused or ("", "")
    return {
        "ticket": ticket,
        "side": side_of(reading),
        "own_fields": [
            OwnField(one, ticket.fields.get(one.key, ""), words if one.key == field else "") for one in known
        ],
        "problems": list(ticket.problems.all()) if facts.has_problems else [],
        "open_problems": others,
        "suggested_problems": actions.suggested_problems(ticket, others),
        "customer_form": customer_form,
        "may_edit_customer": may(user, "customer.write"),
        "may_write": may(user, "ticket.write"),
        "refused_order": (field.removeprefix("order-"), words) if field.startswith("order-") else None,
        "may_act_on_orders": may(user, "order.act"),
        "case": case_of(ticket, user, facts=facts),
        "to_do": to_do_on(ticket, reading.now) if facts.has_tasks else [],
        "task_refused": words if field == "task" else "",
    }


def _own_fields(shop: int) -> QuerySet[CustomField]:
    return CustomField.objects.filter(Q(shop=None) | Q(shop=shop))
