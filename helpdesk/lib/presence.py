"""Who looks at what, and who is typing there: seconds old, kept in Valkey only. Without Valkey nobody is seen."""

import time
from collections.abc import Iterable
from enum import StrEnum

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

SECONDS = 35  # a page says every 15 s that it is still open: one lost call does not matter
REST_AFTER_FAILURE = 5.0

_client: "Redis[bytes] | None" = None
_silent_until = 0.0


class Doing(StrEnum):
    LOOKING = "looking"
    TYPING = "typing"


def arrive(place: str, person: int, doing: Doing) -> bool:
    """Note that somebody is at `place` (such as "ticket:1042"). True when others now see something else there."""
    known = here([place])[place].get(person)
    client = _connected()
    if client is None:
        return False
    try:
        with client.pipeline() as pipe:
            pipe.hset(_key(place), str(person), f"{time.time() + SECONDS:.0f} {doing}")
            pipe.expire(_key(place), SECONDS)
            pipe.execute()
    except (RedisError, OSError):
        _rest()
        return False
    return known != doing


def leave(place: str, person: int) -> bool:
    """True when they were there."""
    client = _connected()
    if client is None:
        return False
    try:
        return bool(client.hdel(_key(place), str(person)))
    except (RedisError, OSError):
        _rest()
        return False


def here(places: Iterable[str]) -> dict[str, dict[int, Doing]]:
    """Who is at each of these places and what they do there, in one round trip."""
    wanted = list(places)
    client = _connected()
    if client is None:
        return {place: {} for place in wanted}
    try:
        with client.pipeline(transaction=False) as pipe:
            for place in wanted:
                pipe.hgetall(_key(place))
            return dict(zip(wanted, map(_present, pipe.execute()), strict=True))
    except (RedisError, OSError):
        _rest()
        return {place: {} for place in wanted}


def _present(entries: dict[bytes, bytes]) -> dict[int, Doing]:
    now, found = time.time(), {}
    for person, value in entries.items():
        until, _space, doing = value.decode().partition(" ")
        if float(until) > now:
            found[int(person)] = Doing(doing)
    return found


def _key(place: str) -> str:
    return f"comptoir:here:{place}"


def _connected() -> "Redis[bytes] | None":
    global _client
    if time.monotonic() < _silent_until:
        return None
    _client = _client or Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.25)
    return _client


def _rest() -> None:
    global _silent_until
    _silent_until = time.monotonic() + REST_AFTER_FAILURE
