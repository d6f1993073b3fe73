"""Foreign mail is parsed in another process, which may run out of memory or time without hurting this one."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from channels_app.adapters.email import wire
from channels_app.adapters.email.model import ParsedMail

ROOT = Path(__file__).resolve().parents[3]
_CHUNK = 1_048_576
_START_SECONDS = 15.0
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "TZ", "SYSTEMROOT")


class ParseFailed(Exception):
    """A mail could not be parsed within the limits; `reason` is a short word for people: memory, time, crash, ..."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sandbox:
    """Runs the parser in one child process, started at the first mail and replaced after a failure or 500 mails.

    Safe between threads (one mail at a time) and across fork (a forked process starts a child of its own).
    `memory_mb` is counted above what the child needs to start, `cpu_seconds` and `wall_seconds` for each mail.
    """

    def __init__(
        self, *, memory_mb: int = 512, cpu_seconds: int = 10, wall_seconds: float = 20.0, recycle_after: int = 500
    ) -> None:
        self._limits = (str(memory_mb), str(cpu_seconds))
        self._wall = wall_seconds
        self._recycle_after = recycle_after
        self._forget()
        reference = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _after_fork(reference))
        atexit.register(_at_exit, reference)

    def parse(self, raw: bytes, *, authserv_id: str = "") -> ParsedMail:
        """As `parser.parse`. Raises ParseFailed; the next call finds a fresh child."""
        head, data = self._call({"do": "parse", "authserv_id": authserv_id}, raw)
        try:
            return wire.load(head["mail"], data)
        except (ValueError, KeyError, TypeError) as error:
            raise ParseFailed(f"answer: {error}") from error

    def clean_html(self, html: str, cid_urls: Mapping[str, str]) -> str:
        """As `html.clean_html`. Raises ParseFailed."""
        return self._call({"do": "clean_html", "cid_urls": dict(cid_urls)}, html.encode("utf-8", "replace"))[1].decode(
            "utf-8"
        )

    @property
    def child_pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; a later call starts another."""
        with self._lock:
            self._end()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._done = 0

    def _call(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        with self._lock:
            deadline = time.monotonic() + self._wall
            child = self._ready_child()
            try:
                _write(child, wire.frame(request, [data]), deadline)
                head, answer = _read_frame(child, deadline)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                raise ParseFailed(self._autopsy(error)) from error
            except BaseException:
                self._end()  # interrupted half-way: what the child says next would answer this mail
                raise
            self._done += 1
            if not head.get("ok"):
                self._end()
                raise ParseFailed(str(head.get("reason", "unknown")))
            return head, answer

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None or self._done >= self._recycle_after:
            self._end()
            self._start()
        assert self._child is not None
        return self._child

    def _start(self) -> None:
        self._child = child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
            [sys.executable, "-s", "-m", "channels_app.adapters.email.child", *self._limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            bufsize=0,
            start_new_session=True,  # Ctrl-C in a terminal is for the parent, which ends the child in order
        )
        self._done = 0
        try:
            for pipe in (child.stdin, child.stdout):
                assert pipe is not None
                os.set_blocking(pipe.fileno(), False)
            _read_frame(child, time.monotonic() + _START_SECONDS)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            self._end()
            raise ParseFailed("start") from error

    def _autopsy(self, error: Exception) -> str:
        child = self._child
        assert child is not None
        if isinstance(error, TimeoutError):
            self._end()
            return "time"
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1)
        code = child.poll()
        self._end()
        if code == -signal.SIGXCPU:
            return "cpu"
        if code == wire.OUT_OF_MEMORY:
            return "memory"
        return f"crash: signal {-code}" if code is not None and code < 0 else f"crash: exit {code}"

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        _close_pipes(child)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)


def _after_fork(reference: weakref.ref[Sandbox]) -> None:
    """In a forked process: the child is the other process's; let go of its pipes without a word."""
    if (sandbox := reference()) is None:
        return
    if sandbox._child is not None:
        _close_pipes(sandbox._child)
        sandbox._child.returncode = 0  # not ours to wait for
    sandbox._forget()


def _at_exit(reference: weakref.ref[Sandbox]) -> None:
    if (sandbox := reference()) is not None:
        sandbox._end()


def _close_pipes(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _write(child: subprocess.Popen[bytes], pieces: Iterable[bytes], deadline: float) -> None:
    assert child.stdin is not None
    descriptor = child.stdin.fileno()
    for piece in pieces:
        view = memoryview(piece)
        while view:
            _wait(descriptor, select.POLLOUT, deadline)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(descriptor, view[:_CHUNK]) :]


def _read_frame(child: subprocess.Popen[bytes], deadline: float) -> tuple[dict[str, Any], bytes]:
    assert child.stdout is not None
    descriptor = child.stdout.fileno()
    head_size, data_size = wire.PREFIX.unpack(_read(descriptor, wire.PREFIX.size, deadline))
    head = json.loads(_read(descriptor, head_size, deadline))
    return head, bytes(_read(descriptor, data_size, deadline))


def _read(descriptor: int, size: int, deadline: float) -> bytearray:
    buffer = bytearray()
    while len(buffer) < size:
        _wait(descriptor, select.POLLIN, deadline)
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(descriptor, min(_CHUNK, size - len(buffer)))
            if not chunk:
                raise EOFError
            buffer += chunk
    return buffer


def _wait(descriptor: int, event: int, deadline: float) -> None:
    """Until the pipe is ready. Raises TimeoutError."""
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
