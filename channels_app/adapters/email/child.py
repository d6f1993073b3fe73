"""The parser's own process: reads frames on stdin, answers on stdout, ends when its parent does.

Started by `sandbox.Sandbox` with limits on memory and CPU; imports neither Django nor settings.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import sys
from pathlib import Path
from typing import Any, BinaryIO

import icalendar

from channels_app.adapters.email import wire
from channels_app.adapters.email.parser import parse
from channels_app.foreign.html import clean_html

_ORPHAN_CHECK = 5.0
_PAGE = resource.getpagesize()
_PRELOADED = ("utf_16", "utf_32", "cp1252", "gb18030", "iso2022_jp_ext", "cp932", "cp949", "cp950", "koi8_r", "cp1251")


def main(arguments: list[str]) -> None:
    """Serve until stdin closes. Arguments: MB of memory above the start, seconds of CPU for each mail."""
    memory, cpu = int(arguments[0]), int(arguments[1])
    parent = os.getppid()
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    target = os.fdopen(os.dup(1), "wb", buffering=0)
    with Path(os.devnull).open("r+b", buffering=0) as nothing:  # a stray print must not reach the frames
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    _warm_up()
    _limit(memory)
    _send(target, {"ready": True})
    while request := _receive(source, parent):
        _allow_cpu(cpu)
        _send(target, *_answer(*request))


def _warm_up() -> None:
    """Load what the first mail would load, before the limits come down."""
    for codec in _PRELOADED:
        b"".decode(codec)
    body = b"<p>\xe9t\xe9. Le 3 mars, A wrote:</p>"
    parse(b"From: a@example.com\nSubject: =?utf-8?b?w6k=?=\nContent-Type: text/html\n\n" + body)
    clean_html("<p>a</p>", {})
    icalendar.Calendar()


def _limit(memory: int) -> None:
    ceiling = int(Path("/proc/self/statm").read_bytes().split()[0]) * _PAGE + memory * 1_048_576
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    ceiling = ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def _allow_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _receive(source: BinaryIO, parent: int) -> tuple[dict[str, Any], bytearray] | None:
    while not select.select([source], [], [], _ORPHAN_CHECK)[0]:
        if os.getppid() != parent:
            return None
    prefix = _read(source, wire.PREFIX.size)
    if prefix is None:
        return None
    head_size, data_size = wire.PREFIX.unpack(prefix)
    head, data = _read(source, head_size), _read(source, data_size)
    return None if head is None or data is None else (json.loads(head), data)


def _read(source: BinaryIO, size: int) -> bytearray | None:
    buffer = bytearray(size)
    view, done = memoryview(buffer), 0
    while done < size:
        count = source.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            return None
        done += count
    return buffer


def _answer(request: dict[str, Any], data: bytearray) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return _perform(request, data)
    except MemoryError:
        return {"ok": False, "reason": "memory"}, []
    except Exception as error:  # the caller decides what a failure means
        return {"ok": False, "reason": f"{type(error).__name__}: {error}"[:500]}, []


def _perform(request: dict[str, Any], data: bytearray) -> tuple[dict[str, Any], list[bytes]]:
    if request["do"] == "clean_html":
        return {"ok": True}, [clean_html(data.decode("utf-8"), request["cid_urls"]).encode("utf-8")]
    mail, files = wire.dump(parse(bytes(data), authserv_id=request["authserv_id"]))
    return {"ok": True, "mail": mail}, files


def _send(target: BinaryIO, head: dict[str, Any], chunks: list[bytes] | None = None) -> None:
    for piece in wire.frame(head, chunks or ()):
        view = memoryview(piece)
        while view:
            view = view[target.write(view) :]


if __name__ == "__main__":
    try:
        with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
            main(sys.argv[1:])
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)
