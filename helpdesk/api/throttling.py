"""How many calls a token may make: counted per minute in the cache; without a cache nobody is stopped."""

import time

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from accounts.models import ApiToken

PERIODS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}


class TokenThrottle(BaseThrottle):
    """Refuses with 429 and Retry-After what goes beyond API_RATE. Counts per token, for strangers per address."""

    def allow_request(self, request: Request, view: object) -> bool:
        limit, period = rate(str(api_settings.DEFAULT_THROTTLE_RATES["token"]))
        now = time.time()
        self._wait = period - now % period
        key = f"api-calls:{_caller(request)}:{int(now // period)}"
        if cache.add(key, 1, timeout=period * 2):
            return True
        try:
            return cache.incr(key) <= limit
        except ValueError:  # the counter went away between the two calls
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return self._wait


def rate(text: str) -> tuple[int, int]:
    """ "700/min" as (calls, seconds). KeyError or ValueError for what is no rate."""
    calls, _slash, period = text.partition("/")
    return int(calls), PERIODS[period]


def _caller(request: Request) -> str:
    if isinstance(request.auth, ApiToken):
        return f"token-{request.auth.pk}"
    return f"address-{request.META.get('REMOTE_ADDR', '')}"
