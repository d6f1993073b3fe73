"""E-mail addresses as keys."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator


def normalise_email(address: str) -> str:
    """The form in which two spellings of one mailbox are equal; no more than ASCII case and the domain's IDNA form.

    Dots, plus-tags and look-alike letters stay different: they may be different people (V7). "" when it is none.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at:
        return ""
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    lowered = "".join(letter.lower() if letter.isascii() else letter for letter in local)
    return f"{lowered}@{domain.lower()}"[:320]


def is_email(address: str) -> bool:
    """Whether mail could be sent to it: one plain address, no name, no second one behind a comma (V10)."""
    try:
        EmailValidator()(address)
    except ValidationError:
        return False
    return not address.startswith("-")
