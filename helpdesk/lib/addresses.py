"""E-mail addresses as keys."""

from contextlib import suppress


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
