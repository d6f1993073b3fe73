"""How often one address may do something: counted in the cache, so approximate, and forgiving when that is away."""

import time

from django.core.cache import cache
from django.http import HttpRequest


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Whether this address has done `what` more than `most` times in the running window of `seconds`."""
    window = int(time.time()) // seconds
    key = f"flood:{what}:{request.META.get('REMOTE_ADDR', '')}:{window}"
    if cache.add(key, 1, timeout=seconds * 2):
        return False
    try:
        return cache.incr(key) > most
    except ValueError:  # the counter went away between the two calls
        return False
