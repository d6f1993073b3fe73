"""A progress bar for commands: drawn over itself on a terminal, a line now and then in a log."""

import time
from typing import Protocol

WIDTH = 30
PAUSE = 0.1, 10.0  # seconds between two drawings: on a terminal, in a log


class Out(Protocol):
    """A text stream, or a command's wrapper around one."""

    def write(self, words: str, /) -> object: ...
    def flush(self) -> object: ...
    def isatty(self) -> bool: ...


class Progress:
    """`progress.step("ticket", 1200, 5000)` as often as wanted; it draws when it is worth it."""

    def __init__(self, out: Out) -> None:
        self.out, self.terminal = out, out.isatty()
        self.began = self.drawn = time.monotonic()
        self.open = False

    def step(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.drawn < PAUSE[0 if self.terminal else 1] and done < total:
            return
        if not self.terminal and now - self.began < PAUSE[1]:
            return
        self.drawn = now
        share = done / total if total else 1.0
        bar = "█" * round(share * WIDTH) + "░" * (WIDTH - round(share * WIDTH))
        words = f"{bar} {share:4.0%} {done:,} / {total:,} {what}, {done / max(now - self.began, 0.001):,.0f}/s"
        self.out.write(f"\r{words:<90}" if self.terminal else words + "\n")
        self.out.flush()
        self.open = self.terminal

    def clear(self) -> None:
        """Before other words: the bar is not in their way."""
        if self.open:
            self.out.write(f"\r{'':<90}\r")
            self.open = False
