"""Hints to open pages: what changed, never the content. Written to one capped Valkey stream, read by helpdesk.live."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from redis import Redis
from redis.exceptions import RedisError

STREAM = "comptoir:live"
MAX_ENTRIES = 10_000
TOKEN_SECONDS = 15 * 60
SALT = "comptoir.live"
REST_AFTER_FAILURE = 5.0  # seconds without a try, so that an absent Valkey does not slow every action down

_client: "Redis[bytes] | None" = None
_silent_until = 0.0


@dataclass(frozen=True)
class Grant:
    """Who may listen, and to which topics."""

    user_id: int
    topics: frozenset[str]


def publish(topics: Iterable[str], kind: str, id: int, version: int) -> None:
    """Tell the listeners of `topics` that `kind` number `id` is now at `version`. Never raises, never waits long."""
    _add({"topics": ",".join(topics), "kind": kind, "id": id, "version": version})


def kick(user_id: int) -> None:
    """End the open streams of a user: after a logout or a change of rights."""
    _add({"topics": "", "kind": "kick", "id": user_id, "version": 0})


def token(topics: Iterable[str], user_id: int) -> str:
    """A signed permission to hear `topics` for 15 minutes; the page renews it."""
    return signing.dumps({"t": sorted(topics), "u": user_id}, salt=SALT)


def grant(token: str) -> Grant:
    """What a token allows. Raises signing.BadSignature when it is forged or too old."""
    data = signing.loads(token, salt=SALT, max_age=TOKEN_SECONDS)
    return Grant(user_id=int(data["u"]), topics=frozenset(data["t"]))


def _add(fields: dict[str, str | int]) -> None:
    global _client, _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        _client = _client or Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.25)
        _client.xadd(STREAM, fields, maxlen=MAX_ENTRIES, approximate=True)
    except (RedisError, OSError):
        _silent_until = time.monotonic() + REST_AFTER_FAILURE
