"""1,000 visitors of the chat and 50 agents listen to one process: how soon everybody concerned hears of a message.

Server, listeners and Valkey share the machine's cores. A message concerns one visitor and all agents.
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.__main__ import Row
from helpdesk.local import free_port

VISITORS, AGENTS = 1_000, 50
MESSAGES, EACH = 600, 0.05  # seconds between two: 20 a second, 1,020 hints to deliver in each
DUE = MESSAGES * (AGENTS + 1)
ROOT = Path(__file__).resolve().parent.parent


def rows() -> list[Row]:
    from helpdesk.lib import live

    tokens = [live.token([f"chat:{number}"], 0) for number in range(VISITORS)]
    tokens += [live.token(["all", f"user:{number}"], number) for number in range(1, AGENTS + 1)]
    with server() as (port, worker):
        waits, spent = asyncio.run(Listeners(port, worker).measure(tokens))
    share = 100 * len(waits) / DUE
    p95 = statistics.quantiles(waits, n=20)[-1]
    return [
        Row(f"chat: {VISITORS:,} visitors, {AGENTS} agents, fan-out", p95, "ms p95", "<= 150", p95 <= 150),
        Row("chat: hints that arrived, of those due", share, "%", "100", share == 100),
        Row("chat: one message to its 51 listeners", spent, "ms CPU", "-", True),
    ]


class Listeners:
    """Open streams, and when each message was sent and heard."""

    def __init__(self, port: int, worker: int) -> None:
        self.port, self.worker, self.open = port, worker, 0
        self.sent: dict[int, float] = {}
        self.waits: list[float] = []

    async def measure(self, tokens: list[str]) -> tuple[list[float], float]:
        """Milliseconds from each publication to each of its listeners; the server's CPU per publication."""
        tasks = [asyncio.create_task(self.listen(token)) for token in tokens]
        while self.open < len(tokens):
            await asyncio.sleep(0.1)
        before = cpu_of(self.worker)
        await asyncio.to_thread(self.talk)
        for _tenth in range(300):
            if len(self.waits) < DUE:
                await asyncio.sleep(0.1)
        spent = (cpu_of(self.worker) - before) / MESSAGES
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return self.waits, spent

    async def listen(self, token: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /live/?token={token} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                if line in (b"event: open\n", b"event: waiting\n"):
                    self.open += 1
                elif line.startswith(b'data: {"topics"'):
                    self.waits.append(1000 * (time.perf_counter() - self.sent[json.loads(line[6:])["id"]]))
        finally:
            writer.close()

    def talk(self) -> None:
        from helpdesk.lib import live

        rng = random.Random(1)
        for number in range(MESSAGES):
            self.sent[number] = time.perf_counter()
            live.publish([f"chat:{rng.randrange(VISITORS)}", "all"], "chat", number, 0)
            time.sleep(EACH)


def cpu_of(pid: int) -> float:
    """The milliseconds that a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """One worker of the application: its port and its process."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backpressure", "16384", "--no-ws", "--workers", "1", "--workers-kill-timeout", "5s"]
    command += ["helpdesk.asgi:application"]
    env = {**os.environ, "ALLOWED_HOSTS": "127.0.0.1"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        yield port, int(children.split()[0])
    finally:
        process.terminate()
        process.wait(timeout=20)
