"""A cache that is away is a cache miss."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

log = logging.getLogger(__name__)
T = TypeVar("T")
REST = 2.0  # seconds without attempts after a failure: a page must not wait for each of its cache calls
TIMEOUT = 0.5  # seconds per attempt


class Outage:
    """Remembers for the whole process that Redis failed a moment ago."""

    until = 0.0


@cache
def client_of(pool: redis.ConnectionPool) -> "redis.Redis[Any]":
    return redis.Redis(connection_pool=pool)


class ForgivingClient(RedisCacheClient):
    """Reads miss and writes do nothing while Redis does not answer."""

    # Django makes a cache object per request and a client per call; both are worth keeping longer than that.
    shared_pools: dict[int, Any] = {}

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **{"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT} | options)
        self._pools = self.shared_pools.setdefault(hash((*servers, *map(str, options.items()))), {})

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return client_of(self._get_connection_pool(write))  # type: ignore[attr-defined]

    def _try(self, call: Callable[[], T], miss: T) -> T:
        if time.monotonic() < Outage.until:
            return miss
        try:
            return call()
        except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
            Outage.until = time.monotonic() + REST
            log.warning("cache away: %s", error)
            return miss

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return self._try(lambda: super(ForgivingClient, self).add(key, value, timeout), True)

    def get(self, key: Any, default: Any) -> Any:
        return self._try(lambda: super(ForgivingClient, self).get(key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._try(lambda: super(ForgivingClient, self).set(key, value, timeout), None)

    def touch(self, key: Any, timeout: Any) -> bool:
        return self._try(lambda: super(ForgivingClient, self).touch(key, timeout), False)

    def delete(self, key: Any) -> bool:
        return self._try(lambda: super(ForgivingClient, self).delete(key), False)

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        return self._try(lambda: super(ForgivingClient, self).get_many(keys), {})

    def has_key(self, key: Any) -> bool:
        return self._try(lambda: super(ForgivingClient, self).has_key(key), False)

    def incr(self, key: Any, delta: int) -> Any:
        """Raises ValueError for a key that is not there, as Django's caches do."""
        value = self._try(lambda: super(ForgivingClient, self).incr(key, delta), None)
        if value is None:
            raise ValueError(f"Key {key!r} not found.")
        return value

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        self._try(lambda: super(ForgivingClient, self).set_many(data, timeout), None)

    def delete_many(self, keys: Iterable[Any]) -> None:
        self._try(lambda: super(ForgivingClient, self).delete_many(keys), None)

    def clear_prefix(self, pattern: str) -> None:
        """Delete the keys matching `pattern`. Django's own clear() is FLUSHDB: it would empty the task queue too."""

        def sweep() -> None:
            client = self.get_client(None, write=True)
            for key in client.scan_iter(match=pattern, count=1000):
                client.delete(key)

        self._try(sweep, None)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, with `ForgivingClient`."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient

    def clear(self) -> None:
        client: ForgivingClient = self._cache  # type: ignore[attr-defined]
        client.clear_prefix(f"{self.key_prefix}:*")
