"""GET /live/?token=...: server-sent events beside Django, without its threads and without the database.

One reader of the Valkey stream per process feeds a bounded queue per open page. Events are hints
`{topics, kind, id, version}`; the page fetches what it shows. A reconnect resumes after its Last-Event-ID;
what cannot be resumed is told to start over (`event: resync`).
"""

import asyncio
import contextlib
import json
import re
import signal
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.signing import BadSignature
from redis.asyncio import Redis
from redis.exceptions import RedisError

from helpdesk.lib.live import STREAM, TOKEN_SECONDS, Grant, grant

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
EventId = tuple[int, int]

QUEUE_SIZE = 128
REPLAY_LIMIT = 500
HEARTBEAT_SECONDS = 20
STALLED_SECONDS = 30  # a page that takes nothing for so long sleeps: it comes back and resumes
FAREWELL_SECONDS = 1  # what a page gets to take its end when the server stops
READ_BLOCK_MS = 10_000
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True)
class Hint:
    """One entry of the Valkey stream."""

    at: EventId
    topics: frozenset[str]
    kind: str
    id: int
    version: int

    def encoded(self, topics: frozenset[str]) -> bytes:
        heard = sorted(self.topics & topics)
        data = json.dumps({"topics": heard, "kind": self.kind, "id": self.id, "version": self.version})
        return f"id: {self.at[0]}-{self.at[1]}\nevent: hint\ndata: {data}\n\n".encode()


@dataclass(eq=False)
class Stream:
    """An open page: what it may hear, and what still has to be sent. None in the queue ends it."""

    grant: Grant
    queue: asyncio.Queue[Hint | bytes | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))
    task: "asyncio.Task[Any] | None" = field(default_factory=asyncio.current_task)

    def offer(self, item: Hint | bytes) -> None:
        """Queue the item; a page that does not keep up is cut off, reconnects and resumes."""
        try:
            self.queue.put_nowait(item)
        except asyncio.QueueFull:
            self.end()

    def end(self, last_words: bytes | None = None) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()
        if last_words:
            self.queue.put_nowait(last_words)
        self.queue.put_nowait(None)


class Hub:
    """All streams of this process and the one task that reads Valkey for them."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=READ_BLOCK_MS / 500)
        self.connected = asyncio.Event()
        self.position: str | None = None
        self.reader = asyncio.create_task(self._read_for_ever())

    async def _read_for_ever(self) -> None:
        while True:
            try:
                await self._read()
            except (RedisError, OSError):
                if self.connected.is_set():
                    self.connected.clear()
                    self._tell_all(event("paused"))
                await asyncio.sleep(1)

    async def _read(self) -> None:
        if self.position is None:
            self.position = await self._newest() or "0-0"
        while True:
            found = await self.client.xread(
                {STREAM: self.position}, block=READ_BLOCK_MS if self.connected.is_set() else 1
            )
            if not self.connected.is_set():
                self.connected.set()
                self._tell_all(event("resync"))
            for raw_id, fields in found[0][1] if found else []:
                self.position = raw_id.decode()
                self._deliver(hint(raw_id, fields))

    async def _newest(self) -> str:
        entries = await self.client.xrevrange(STREAM, count=1)
        return entries[0][0].decode() if entries else ""

    def _deliver(self, item: Hint) -> None:
        if item.kind == "kick":
            for stream in [stream for stream in self.streams if stream.grant.user_id == item.id]:
                stream.end(event("kick"))
            return
        for stream in [stream for stream in self.streams if stream.grant.topics & item.topics]:
            stream.offer(item)

    def _tell_all(self, words: bytes) -> None:
        for stream in list(self.streams):
            stream.offer(words)

    async def missed(self, last_id: str) -> list[Hint] | None:
        """What came after `last_id`; None when that cannot be known (bad id, older than the stream, too much)."""
        if not re.fullmatch(r"\d{1,15}-\d{1,10}", last_id):
            return None
        first = await self.client.xrange(STREAM, count=1)
        newest = await self._newest()
        if not first or not event_id(first[0][0]) <= event_id(last_id) <= event_id(newest):
            return None
        entries = await self.client.xrange(STREAM, min=f"({last_id}", count=REPLAY_LIMIT)
        return [hint(*entry) for entry in entries] if len(entries) < REPLAY_LIMIT else None

    def end_all(self) -> None:
        for stream in list(self.streams):
            stream.end()
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._drop_all)

    def _drop_all(self) -> None:
        """Whoever has not taken the end does not read: a server must not wait for them."""
        for stream in self.streams:
            if stream.task:
                stream.task.cancel()

    async def close(self) -> None:
        while not self.reader.done():  # a cancellation at the wrong moment becomes a mere time-out inside redis-py
            self.reader.cancel()
            await asyncio.wait({self.reader}, timeout=0.5)
        self.end_all()
        await self.client.aclose()  # type: ignore[attr-defined]  # the stubs are older than redis-py


_hub: Hub | None = None


def hub() -> Hub:
    global _hub
    if _hub is None or _hub.reader.done():
        _hub = Hub()
    return _hub


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of /live/."""
    if scope["method"] != "GET":
        await _refuse(send, 405, [(b"allow", b"GET")])
        return
    query = parse_qs(scope["query_string"].decode("latin-1"))
    try:
        permission = grant(query.get("token", [""])[0])
    except (BadSignature, KeyError, ValueError, TypeError):
        await _refuse(send, 401)
        return
    headers = dict(scope["headers"])
    last_id = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("last", [""])[0]
    stream = Stream(permission)
    hub().streams.add(stream)
    watcher = asyncio.create_task(_end_on_disconnect(stream, receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _serve(stream, last_id, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except (TimeoutError, asyncio.CancelledError):
        return
    finally:
        hub().streams.discard(stream)
        watcher.cancel()


async def _serve(stream: Stream, last_id: str, send: Send) -> None:
    expires = time.monotonic() + TOKEN_SECONDS
    sent = await _catch_up(stream, last_id, send)
    while (left := expires - time.monotonic()) > 0:
        try:
            item = await asyncio.wait_for(stream.queue.get(), min(HEARTBEAT_SECONDS, left))
        except TimeoutError:
            await _write(send, b": still here\n\n")
            continue
        if item is None:
            return
        if isinstance(item, Hint):
            if item.at <= sent:
                continue
            item = item.encoded(stream.grant.topics)
        await _write(send, item)
    await _write(send, event("expired"))


async def _catch_up(stream: Stream, last_id: str, send: Send) -> EventId:
    """Greet the page and send what it missed; returns the id up to which everything is sent."""
    await _write(send, b"retry: 2000\n" + (event("open") if hub().connected.is_set() else event("waiting")))
    if not last_id:
        return (0, 0)
    try:
        hints = await hub().missed(last_id)
    except (RedisError, OSError):
        hints = None
    if hints is None:
        await _write(send, event("resync"))
        return (0, 0)
    for item in hints:
        if item.topics & stream.grant.topics:
            await _write(send, item.encoded(stream.grant.topics))
    return hints[-1].at if hints else (0, 0)


async def _end_on_disconnect(stream: Stream, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _write(send: Send, body: bytes) -> None:
    async with asyncio.timeout(STALLED_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _refuse(send: Send, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*(headers or []), HEADERS[1]]})
    await send({"type": "http.response.body", "body": b""})


def event(name: str) -> bytes:
    return f"event: {name}\ndata: {{}}\n\n".encode()


def hint(raw_id: bytes, fields: dict[bytes, bytes]) -> Hint:
    return Hint(
        at=event_id(raw_id),
        topics=frozenset(fields[b"topics"].decode().split(",")) - {""},
        kind=fields[b"kind"].decode(),
        id=int(fields[b"id"]),
        version=int(fields[b"version"]),
    )


def event_id(raw: bytes | str) -> EventId:
    milliseconds, _, sequence = (raw.decode() if isinstance(raw, bytes) else raw).partition("-")
    return int(milliseconds), int(sequence or 0)


async def lifespan(receive: Receive, send: Send) -> None:
    """Start-up and shutdown: both servers wait for open responses first, so the streams end at the signal itself."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _end_streams_at_signal()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if _hub is not None:
                await _hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _end_streams_at_signal() -> None:
    loop = asyncio.get_running_loop()

    def end_all() -> None:
        if _hub is not None:
            _hub.end_all()

    for number in (signal.SIGTERM, signal.SIGINT):
        previous = signal.getsignal(number)

        def handler(received: int, frame: Any, previous: Any = previous) -> None:
            loop.call_soon_threadsafe(end_all)
            if callable(previous):
                previous(received, frame)

        with contextlib.suppress(ValueError):  # not the main thread: the server's own time-out has to do
            signal.signal(number, handler)
