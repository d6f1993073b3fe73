"""The live stream: who may hear what, what is resumed, what ends it, and that nothing waits for Valkey."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import redis
from django.core import signing

from helpdesk import live as server
from helpdesk.lib import live


class Listener:
    """One open stream, driven through the ASGI interface."""

    def __init__(self, query: str, headers: dict[bytes, bytes] | None = None, method: str = "GET") -> None:
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/live/",
            "query_string": query.encode(),
            "headers": list((headers or {}).items()),
        }
        self.sent: asyncio.Queue[dict] = asyncio.Queue()
        self.gone = asyncio.Event()

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def events(self, count: int, timeout: float = 5) -> list[tuple[str, dict]]:
        """The next events: (name, data). Comments are skipped."""
        found: list[tuple[str, dict]] = []
        while len(found) < count:
            message = await asyncio.wait_for(self.sent.get(), timeout)
            if message["type"] == "http.response.start" or not message["body"]:
                continue
            fields = dict(line.split(": ", 1) for line in message["body"].decode().strip().splitlines())
            if "event" in fields:
                found.append((fields["event"], json.loads(fields["data"])))
        return found

    async def end(self, timeout: float = 5) -> None:
        """Wait for the clean end of the response."""
        while (await asyncio.wait_for(self.sent.get(), timeout)).get("more_body", True):
            pass


@asynccontextmanager
async def listening(*topics: str, user: int = 7, last: str = "", **kwargs) -> AsyncIterator[Listener]:
    listener = Listener(f"token={live.token(topics, user)}&last={last}", **kwargs)
    task = asyncio.create_task(server.live(listener.scope, listener.receive, listener.sent.put))
    try:
        yield listener
    finally:
        listener.gone.set()
        await asyncio.wait_for(task, 5)


@pytest.fixture(autouse=True)
def fresh_server(valkey: redis.Redis, settings, monkeypatch: pytest.MonkeyPatch):
    settings.REDIS_URL = os.environ["REDIS_URL"]
    monkeypatch.setattr(live, "_client", None)
    monkeypatch.setattr(live, "_silent_until", 0.0)
    monkeypatch.setattr(server, "_hub", None)


def run(scenario) -> None:
    async def whole() -> None:
        try:
            await asyncio.wait_for(scenario(), 20)
        finally:
            if server._hub is not None:
                await server._hub.close()

    asyncio.run(whole())


async def connected() -> None:
    await asyncio.wait_for(server.hub().connected.wait(), 5)


def test_a_hint_reaches_who_may_hear_it_and_nobody_else():
    async def scenario() -> None:
        async with listening("team:1") as care, listening("team:2") as other:
            await connected()
            live.publish(["team:1", "all"], "ticket", 42, 3)
            live.publish(["team:2"], "ticket", 43, 1)
            events = [event for event in await care.events(3) if event[0] == "hint"]
            assert events == [("hint", {"topics": ["team:1"], "kind": "ticket", "id": 42, "version": 3})]
            assert (await other.events(3))[-1][1]["id"] == 43

    run(scenario)


OF_ANOTHER_KIND = signing.dumps({"t": ["all"], "u": 1}, salt="another")


@pytest.mark.parametrize(
    "token", ["", "forged", OF_ANOTHER_KIND, "%00"], ids=["none", "forged", "of another kind", "NUL"]
)
def test_without_a_good_token_there_is_nothing(token: str):
    async def scenario() -> None:
        listener = Listener(f"token={token}")
        await server.live(listener.scope, listener.receive, listener.sent.put)
        assert (await listener.sent.get())["status"] == 401

    run(scenario)


def test_a_token_ages():
    token = live.token(["all"], 7)
    assert live.grant(token) == live.Grant(7, frozenset({"all"}))
    with pytest.raises(signing.BadSignature):
        signing.loads(token, salt=live.SALT, max_age=-1)


def test_only_get():
    async def scenario() -> None:
        listener = Listener(f"token={live.token(['all'], 1)}", method="POST")
        await server.live(listener.scope, listener.receive, listener.sent.put)
        assert (await listener.sent.get())["status"] == 405

    run(scenario)


@pytest.mark.parametrize("by_header", [True, False])
def test_a_reconnect_resumes_in_order_without_gap_or_repeat(valkey: redis.Redis, by_header: bool):
    for number in range(10):
        live.publish(["all" if number != 7 else "team:9"], "ticket", number, 1)
    last = valkey.xrange(live.STREAM)[4][0]

    async def scenario() -> None:
        where = {"headers": {b"last-event-id": last}} if by_header else {"last": last.decode()}
        async with listening("all", **where) as listener:
            await connected()
            live.publish(["all"], "ticket", 10, 1)
            hints = []
            while len(hints) < 5:
                hints += [data["id"] for name, data in await listener.events(1) if name == "hint"]
            assert hints == [5, 6, 8, 9, 10]

    run(scenario)


@pytest.mark.parametrize("last", ["nonsense", "1-1", "99999999999999-0", "0", "1-" + "9" * 30])
def test_what_cannot_be_resumed_starts_over(last: str):
    live.publish(["all"], "ticket", 1, 1)

    async def scenario() -> None:
        async with listening("all", last=last) as listener:
            assert "resync" in [name for name, _data in await listener.events(2)]

    run(scenario)


def test_a_kick_ends_the_streams_of_that_user_only():
    async def scenario() -> None:
        async with listening("all", user=7) as mine, listening("all", user=8) as other:
            await connected()
            live.kick(7)
            await mine.end()
            live.publish(["all"], "ticket", 1, 1)
            names = [name for name, _data in await other.events(3)]
            assert names[-1] == "hint"
            assert len(server.hub().streams) == 1

    run(scenario)


def test_a_page_that_does_not_keep_up_is_cut_off():
    async def scenario() -> None:
        stream = server.Stream(live.Grant(7, frozenset({"all"})))
        for number in range(server.QUEUE_SIZE + 1):
            stream.offer(server.Hint((number, 0), frozenset({"all"}), "ticket", number, 1))
        assert stream.queue.get_nowait() is None

    run(scenario)


def test_a_page_that_goes_is_forgotten():
    async def scenario() -> None:
        async with listening("all"):
            await connected()
            assert len(server.hub().streams) == 1
        assert len(server.hub().streams) == 0

    run(scenario)


def test_the_end_of_the_process_ends_every_stream_cleanly():
    async def scenario() -> None:
        async with listening("all") as one, listening("all") as two:
            await connected()
            server.hub().end_all()
            await one.end()
            await two.end()

    run(scenario)


def test_without_valkey_pages_wait_and_nothing_raises(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for number in range(100):
        live.publish(["all"], "ticket", number, 1)

    async def scenario() -> None:
        async with listening("all") as listener:
            assert (await listener.events(1))[0][0] == "waiting"

    run(scenario)


def test_the_stream_stays_short(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(live, "MAX_ENTRIES", 100)
    for number in range(1000):
        live.publish(["all"], "ticket", number, 1)
    assert valkey.xlen(live.STREAM) < 300


def test_a_page_that_reads_nothing_does_not_keep_the_server_from_stopping(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "FAREWELL_SECONDS", 0.05)

    async def scenario() -> None:
        asleep = Listener(f"token={live.token(['all'], 7)}")
        taken: asyncio.Queue[dict] = asyncio.Queue(1)  # room for the head of the response, for nothing after it
        task = asyncio.create_task(server.live(asleep.scope, asleep.receive, taken.put))
        await connected()
        server.hub().end_all()
        await asyncio.wait_for(task, 5)
        assert server.hub().streams == set()

    run(scenario)
