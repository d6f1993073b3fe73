"""Every change of a customer by somebody of ours."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from helpdesk.lib.refused import Refused

EDITABLE = ("name", "language", "postcode", "timezone", "vip", "notes")


@transaction.atomic
def edit_customer(customer: Customer, values: Mapping[str, Any]) -> tuple[Customer, list[str]]:
    """Set some of EDITABLE. Returns the fresh customer and the names of what changed.

    Refused, naming the field, for a time zone or language that there is not, and for text that is too long.
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    changed = [name for name in EDITABLE if name in values and getattr(customer, name) != values[name]]
    for name in changed:
        _check(name, values[name])
        setattr(customer, name, values[name])
    if changed:
        customer.save(update_fields=changed)
    return customer, changed


def _check(name: str, value: Any) -> None:
    if name == "timezone" and value and value not in zoneinfo.available_timezones():
        raise Refused("timezone", _("Expected a time zone, for example Europe/Paris."))
    if name == "language" and value and value.partition("-")[0] not in dict(settings.LANGUAGES):
        raise Refused("language", _("Choose one of the languages."))
    longest = getattr(Customer._meta.get_field(name), "max_length", None)
    if longest and len(value) > longest:
        raise Refused(name, _("No more than %(n)d characters.") % {"n": longest})
