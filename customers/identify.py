"""From what a channel says of a sender to the customer we know, or a new one."""

import phonenumbers
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, Identity
from helpdesk.lib.addresses import normalise_email
from helpdesk.lib.refused import Refused

__all__ = ["add_phone", "identify", "normalise_email", "normalise_phone"]


def identify(kind: str, value: str, *, name: str = "", language: str = "", verified: bool = False) -> Customer:
    """The customer with this identity, made if there is none. `value` must be normalised; call inside a transaction.

    A transaction lock on the identity keeps two first messages that arrive together from making two customers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"identity:{kind}:{value}"])
    known = Identity.objects.filter(kind=kind, value=value).select_related("customer").first()
    if known:
        return _survivor(known.customer, name)
    customer = Customer.objects.create(name=name[:200], language=language, created_at=timezone.now())
    Identity.objects.create(customer=customer, kind=kind, value=value, verified=verified)
    return customer


def add_phone(customer: Customer, number: str) -> None:
    """Note a customer's phone number as they claim it; nothing when it is another's already. Refused if it is none."""
    value = normalise_phone(number)
    if not value:
        words = _("Expected a number with its country code, for example +33612345678.")
        raise Refused("customer.phone", words)
    Identity.objects.get_or_create(kind=Identity.Kind.PHONE, value=value, defaults={"customer": customer})


def normalise_phone(number: str, country: str | None = None) -> str:
    """E.164 of an international number, or of one as it is dialled in `country` ("FR"); "" when it is none."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    if country and not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _survivor(customer: Customer, name: str) -> Customer:
    while customer.merged_into is not None:
        customer = customer.merged_into
    if name and not customer.name:
        customer.name = name[:200]
        customer.save(update_fields=["name"])
    return customer
