"""How often one address may do something: counted in the cache, so approximate, and forgiving when that is away."""

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Whether this address has done `what` more than `most` times in the running window of `seconds`."""
    return too_often(request.META.get("REMOTE_ADDR", ""), what, most=most, seconds=seconds)


def too_often(whom: str, what: str, *, most: int, seconds: int) -> bool:
    """The same for whoever is named: a mailbox, say, which floods may reach from many addresses."""
    window = int(time.time()) // seconds
    named = hashlib.sha256(whom.encode()).hexdigest()[:32]
    key = f"flood:{what}:{named}:{window}"
    if cache.add(key, 1, timeout=seconds * 2):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # the counter went away between the two calls
        return False
