"""Keeps processes running: starts, watches, restarts with back-off, merges their output, stops them in order."""

import ctypes
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

PR_SET_PDEATHSIG = 1
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the n-th restart in a row
STEADY = 30.0  # seconds alive after which earlier deaths are forgotten
COLOURS = (36, 32, 33, 35, 34, 96)
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(eq=False)
class Program:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10.0  # seconds between the stop signal and SIGKILL
    server: bool = False  # others need it: stops last, and only its last words are shown on the terminal
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    restart_at: float | None = None
    last_words: str = ""

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.alive and self.process is not None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """SIGKILL to everything the program started, also what outlived it."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Log:
    """One line each: who, what; to the terminal (in colour if it is one) and to a rotating file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        self._file = RotatingFileHandler(file, maxBytes=10_000_000, backupCount=3, encoding="utf-8")
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._codes: dict[str, int] = {}
        self._lock = threading.Lock()

    def line(self, who: str, text: str, *, shown: bool = True) -> None:
        with self._lock:
            self._file.emit(
                LogRecord(who, 20, "", 0, f"{time.strftime('%Y-%m-%d %H:%M:%S')} {who:8} {text}", None, None)
            )
            if shown:
                self._show(who, text)

    def _show(self, who: str, text: str) -> None:
        label = f"{who:8}"
        if self._colour:
            code = self._codes.setdefault(who, COLOURS[len(self._codes) % len(COLOURS)])
            label = f"\x1b[{code}m{label}\x1b[0m"
        self.plain(f"{label} {text}")

    def plain(self, text: str) -> None:
        """Terminal only: words for the person who started us (they may hold a password)."""
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except (BrokenPipeError, ValueError, OSError):
            pass  # nobody reads any more: the work goes on, the file has it all


class Supervisor:
    """Start and stop from the main thread only: a child dies with the thread that started it (PR_SET_PDEATHSIG)."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.programs: list[Program] = []
        self.stopping = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def handle_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: object) -> None:
        if self.stopping:  # asked twice: at once
            for program in self.programs:
                program.patience = 0.0
        self.stopping = True
        os.write(self._wake_write, b"x")

    def pause(self, seconds: float) -> None:
        """Sleep, but wake at once when a stop is asked for."""
        select.select([self._wake_read], [], [], seconds)

    def start(self, program: Program) -> subprocess.Popen[bytes]:
        """Start `program` and watch it from now on."""
        if program not in self.programs:
            self.programs.append(program)
        program.process = subprocess.Popen(
            program.command,
            env=dict(program.env),
            user=program.user,
            cwd="/" if program.user is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(program.stop_signal),
        )
        program.started_at, program.restart_at = time.monotonic(), None
        threading.Thread(target=self._read, args=(program, program.process), daemon=True).start()
        return program.process

    def _read(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for raw in process.stdout:
            text = raw.decode("utf-8", "replace").rstrip()
            if text:
                program.last_words = text
                self.log.line(program.name, text, shown=not program.server)

    def run(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> tuple[int, str]:
        """Run `command` to its end, its stderr going to the log; returns (exit code, stdout).

        A stop asked for meanwhile stops it too.
        """
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
            reader = threading.Thread(target=self._read_errors, args=(name, process), daemon=True)
            reader.start()
            while process.poll() is None:
                self.pause(0.02)
                if self.stopping:
                    process.kill()
            reader.join(timeout=2)
            out.seek(0)
            return process.returncode, out.read().decode("utf-8", "replace")

    def _read_errors(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        for raw in process.stderr:
            self.log.line(name, raw.decode("utf-8", "replace").rstrip())

    def watch(self, every: float, check: Callable[[], None]) -> None:
        """Run until a stop is asked for; `check` is called about every `every` seconds."""
        due = time.monotonic() + every
        while not self.stopping:
            self.pause(0.1)
            self.look_after()
            if time.monotonic() >= due and not self.stopping:
                check()
                due = time.monotonic() + every

    def look_after(self) -> None:
        """Start again what has died and waited long enough."""
        for program in self.programs:
            self._care(program)

    def _care(self, program: Program) -> None:
        now = time.monotonic()
        if program.alive or self.stopping or program.process is None:
            return
        if program.restart_at is None:
            program.deaths = 1 if now - program.started_at > STEADY else program.deaths + 1
            delay = BACKOFF[min(program.deaths, len(BACKOFF)) - 1]
            program.restart_at = now + delay
            program.kill_group()
            reason = _reason(program.process.returncode)
            if program.server and program.process.returncode > 0:
                reason += f": {program.last_words}"
            self.log.line(program.name, f"stopped ({reason}), starting again in {delay:g} s")
        elif now >= program.restart_at:
            self.start(program)

    def restart(self, program: Program) -> None:
        """Kill `program` with all its children; the watch starts it again."""
        program.kill_group()

    def stop(self) -> None:
        """Stop everything, last started first, the servers (which others use) last; nothing is left running."""
        self.stopping = True
        for servers in (False, True):
            batch = [program for program in self.programs if program.server is servers]
            for program in batch:
                program.signal(program.stop_signal)
            asked_at = time.monotonic()
            for program in batch:
                self._wait(program, asked_at)
                program.kill_group()

    def _wait(self, program: Program, asked_at: float) -> None:
        while program.alive and time.monotonic() - asked_at < program.patience:
            time.sleep(0.02)
        if program.alive and program.process is not None:
            self.log.line(program.name, "does not stop: killed")
            program.kill_group()
            program.process.kill()
            program.process.wait()


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For the child, before exec (and after it changed user, which would reset it): stop when we die by kill -9."""
    if _prctl is None:
        return None
    prctl = _prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
