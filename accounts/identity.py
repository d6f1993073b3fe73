"""Who a shop is in law, and what is still missing (S124)."""

from accounts.models import Shop

# Whoever writes in a company's name has to say these; the rest only where it applies.
REQUIRED = (
    *("legal_name", "registration_number", "registration_place", "registered_office"),
    *("vat_number", "email", "phone"),
)


def missing(shop: Shop) -> list[str]:
    """The labels of required fields that are empty, in the order of the form."""
    labels = {field.name: str(field.verbose_name) for field in Shop._meta.fields}
    return [labels[name] for name in REQUIRED if not getattr(shop, name).strip()]
