"""Starting real processes in tests, and knowing what is left of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from helpdesk.local import free_port

ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], object], timeout: float = 30.0, what: str = "") -> float:
    """Wait for `condition`; returns how long it took, in seconds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < timeout, f"waited {timeout} s in vain {what}"
        time.sleep(0.05)
    return time.monotonic() - began


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """All living descendants of `pid`."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment without what this test run has set for itself."""
    own = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "VAR_DIR", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE", "MAKELEVEL")
    kept = {name: value for name, value in os.environ.items() if name not in own and not name.startswith("PYTEST")}
    return kept | settings


class Up:
    """`manage.py up`, or the command that leads to it, in its own VAR_DIR, on its own ports."""

    def __init__(self, var: Path, *command: str, **settings: str) -> None:
        self.port, self.smtp = free_port(), free_port()
        self.log = var.parent / f"{var.name}.out"
        settings = {
            "VAR_DIR": str(var),
            "PORT": str(self.port),
            "SMTP_LISTEN": f"127.0.0.1:{self.smtp}",
            "DEMO": "0",
        } | settings
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command or [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=clean_environment(**settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self, text: str) -> bool:
        assert self.process.poll() is None or text in self.log.read_text(), self.log.read_text()
        return text in self.log.read_text()

    def wait_open(self, timeout: float = 90.0) -> float:
        return until(lambda: self.said("Comptoir is open"), timeout, self.log.read_text())
