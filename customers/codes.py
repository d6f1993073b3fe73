"""One-time codes that prove a mailbox: six digits, ten minutes, five tries."""

import hashlib
from secrets import compare_digest, randbelow

from django.core.cache import cache

from accounts.models import Shop
from customers.models import Customer, Identity
from helpdesk.lib.flood import too_often

LASTS = 600  # seconds
TRIES = 5


def known(shop: Shop, email: str) -> Customer | None:
    """The customer with this normalised address who has ordered in this shop."""
    rows = Identity.objects.filter(kind=Identity.Kind.EMAIL, value=email, customer__orders__shop=shop)
    found = rows.select_related("customer").first()
    return found.customer if found else None


def issue(shop: Shop, email: str) -> str:
    """A new code for this address; an older one no longer counts."""
    code = f"{randbelow(10**6):06d}"
    cache.set(_key(shop, email), _digest(code), LASTS)
    return code


def spend(shop: Shop, email: str, code: str) -> bool:
    """Whether this is the code; it counts once. After five tries nothing is, until the time is over."""
    if too_often(f"{shop.pk}:{email}", "order-code-try", most=TRIES, seconds=LASTS):
        cache.delete(_key(shop, email))
        return False
    stored = cache.get(_key(shop, email)) or ""
    if not compare_digest(stored, _digest("".join(code.split()))):
        return False
    cache.delete(_key(shop, email))
    return True


def _key(shop: Shop, email: str) -> str:
    return f"order-code:{shop.pk}:{hashlib.sha256(email.encode()).hexdigest()}"


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
