"""What `make run` runs: embedded servers, preparation, then web, worker, beat and mail listener until stopped."""

import fcntl
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import psycopg
import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk import env
from helpdesk.local import LocalServer, Postgres, ServerFailed, Valkey
from helpdesk.supervisor import Log, Program, Supervisor

MANAGE = [sys.executable, "manage.py"]
READY_EVERY = 0.15  # seconds
READY_WITHIN = 30.0  # seconds
SMTP_LISTEN = "127.0.0.1:2525"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (recognised, not chosen)


class Command(BaseCommand):
    help = "Run everything on this machine until Ctrl-C (what `make run` does)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--run",
            nargs="+",
            metavar=("COMMAND", "ARGUMENT"),
            help="only run this management command, with the servers on, then stop",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        House(settings.VAR_DIR).open(options["run"])


class House:
    """One running installation under `var`."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.host = env.text("HOST", "127.0.0.1")
        self.port = env.integer("PORT", 8000, least=1, most=65535)
        self.address = f"http://{_visitable(self.host)}:{self.port}"
        self.smtp = env.listen("SMTP_LISTEN", SMTP_LISTEN)
        self.env = dict(os.environ) | {"SMTP_LISTEN": f"{self.smtp[0]}:{self.smtp[1]}" if self.smtp else "off"}
        self.parent = os.getppid()
        # Started in the background of a script, make never hears SIGINT: then its deafness says nothing.
        self.parent_listens = not _gave_up(self.parent)
        self.welcomed = False

    def open(self, only: list[str] | None) -> None:
        """Run until stopped, or with `only` until that command has ended. Raises CommandError with one clear line."""
        self.var.mkdir(parents=True, exist_ok=True)
        lock = self._lock(only)
        if lock is None and only:  # it runs already: its servers are there, settings found them
            raise SystemExit(os.spawnv(os.P_WAIT, sys.executable, [*MANAGE, *only]))
        if not only:
            _must_be_free(self.host, self.port, "PORT")
            if self.smtp:
                _must_be_free(*self.smtp, "SMTP_LISTEN")
        self.supervisor = Supervisor(Log(self.var / "log" / "comptoir.log"))
        self.supervisor.handle_signals()
        try:
            self._start_servers()
            if only:
                self._run(only)
            elif not self.supervisor.stopping:
                self._serve()
        except ServerFailed as error:
            words = " ".join(program.last_words for program in self.supervisor.programs)
            raise CommandError(f"{error} {words}".strip()) from None
        finally:
            self.supervisor.stop()
            (self.var / "servers.env").unlink(missing_ok=True)
            if not only:
                self.supervisor.log.plain("Stopped.")

    def _lock(self, only: list[str] | None) -> IO[str] | None:
        lock = (self.var / "up.lock").open("a+")  # held until this process ends
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            if only:
                return None
            raise CommandError(f"Comptoir is already running here: {lock.read().strip()}") from None
        lock.truncate(0)
        lock.write(f"{self.address} (process {os.getpid()})\n")
        lock.flush()
        self._held = lock
        return lock

    # --- servers -----------------------------------------------------------------------------------------------
    def _start_servers(self) -> None:
        started: list[tuple[LocalServer, Any]] = []
        if os.environ.get("DATABASE_URL"):
            _must_answer(os.environ["DATABASE_URL"])
        else:
            started.append(self._start_server(Postgres(self.var)))
            self.env["DATABASE_URL"] = started[-1][0].url
        if os.environ.get("REDIS_URL"):
            self._mention_absent_redis()
        else:
            started.append(self._start_server(Valkey(self.var)))
            self.env["REDIS_URL"] = started[-1][0].url
        for server, process in started:
            server.wait(process)
        self.env.setdefault("SECRET_KEY", settings.SECRET_KEY)
        self.env.setdefault("PUBLIC_URL", self.address)
        if self.host in EVERYWHERE:
            self.env.setdefault("ALLOWED_HOSTS", ",".join(_own_names()))
        self._tell_other_commands()

    def _start_server(self, server: LocalServer) -> tuple[LocalServer, Any]:
        server.prepare()
        stop = signal.SIGINT if isinstance(server, Postgres) else signal.SIGTERM  # SIGINT: PostgreSQL's fast shutdown
        program = Program(server.name, server.command(), server.env(), server.uid, stop, patience=15, server=True)
        return server, self.supervisor.start(program)

    def _tell_other_commands(self) -> None:
        """`manage.py ...` in another terminal finds the servers here (helpdesk.settings reads it)."""
        lines = [f"{name}={self.env[name]}\n" for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL")]
        file = self.var / "servers.env"
        file.touch(mode=0o600)
        file.write_text("".join(lines))

    def _mention_absent_redis(self) -> None:
        try:
            with redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2, socket_connect_timeout=2) as client:
                client.ping()
        except redis.RedisError as error:
            self.supervisor.log.line(
                "comptoir", f"REDIS_URL does not answer ({error}): live updates and tasks wait for it"
            )

    # --- work --------------------------------------------------------------------------------------------------
    def _run(self, command: list[str]) -> None:
        code, _ = self._prepare(demo=False)
        if code == 0:
            code = os.spawnve(os.P_WAIT, sys.executable, [*MANAGE, *command], self.env)
        if code:
            raise SystemExit(code)

    def _prepare(self, *, demo: bool) -> tuple[int, dict[str, Any]]:
        command = [*MANAGE, "prepare", "--welcome", *(["--demo"] if demo else [])]
        code, answer = self.supervisor.run("prepare", command, self.env)
        return code, json.loads(answer.strip().splitlines()[-1]) if code == 0 else {}

    def _serve(self) -> None:
        code, made = self._prepare(demo=env.boolean("DEMO", True))
        if self.supervisor.stopping:
            return
        if code:
            raise CommandError("The preparation failed, see above.")
        pages, background = self._programs()
        for program in pages:
            self.supervisor.start(program)
        self._wait_for_the_doors()
        for program in background:  # not before: at the start the processors are what is scarce
            if not self.supervisor.stopping:
                self.supervisor.start(program)
        self.made = made
        self._look_around()
        self.supervisor.watch(1.0, self._look_around)

    def _programs(self) -> tuple[list[Program], list[Program]]:
        """What answers people and mail servers, and what works in the background."""
        counts = self.var / "metrics"
        counts.mkdir(exist_ok=True)
        for old in counts.glob("*.db"):
            old.unlink()
        workers = str(env.integer("WEB_WORKERS", 1, least=1, most=64))
        web = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", self.host, "--port", str(self.port)]
        web += ["--workers", workers, "--backpressure", "16384", "--no-ws", "--log-level", "warning"]
        web += ["--respawn-failed-workers", "--workers-kill-timeout", "5s", "helpdesk.asgi:application"]
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "helpdesk"]
        concurrency = str(env.integer("WORKER_PROCESSES", 2, least=1, most=64))
        worker = [*celery, "worker", "-c", concurrency, "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        beat = [*celery, "beat", "-s", str(self.var / "beat-schedule"), "--pidfile=", "--loglevel", "INFO"]
        pages = [Program("web", web, {**self.env, "PROMETHEUS_MULTIPROC_DIR": str(counts)})]
        if self.smtp:
            pages.append(Program("smtp", [*MANAGE, "listen_smtp"], self.env))
        mailboxes = Program("mailbox", [*MANAGE, "fetch_mail"], self.env)
        quiet = {**self.env, "PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
        return pages, [Program("worker", worker, quiet), Program("beat", beat, self.env), mailboxes]

    def _wait_for_the_doors(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not self.supervisor.stopping and not self._is_open():
            self.supervisor.look_after()
            self.supervisor.pause(READY_EVERY)
            if time.monotonic() > deadline:  # what works in the background must not wait for a door that is broken
                self.supervisor.log.line("comptoir", "not everything answers yet, see above; going on")
                return

    def _is_open(self) -> bool:
        """Whether pages are served and mail is taken in."""
        return self._page_answers() and (not self.smtp or self._mail_is_taken(*self.smtp))

    def _mail_is_taken(self, host: str, port: int) -> bool:
        try:
            socket.create_connection((host, port), timeout=5).close()
        except OSError:
            return False
        return True

    def _page_answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            return bool(opener.open(f"{self.address}/readyz", timeout=5).status == HTTPStatus.OK)
        except urllib.error.HTTPError as answer:
            # It serves; that a Redis which is not ours is away was told above.
            return answer.code == HTTPStatus.SERVICE_UNAVAILABLE and bool(os.environ.get("REDIS_URL"))
        except OSError:
            return False

    def _welcome(self, made: dict[str, Any]) -> None:
        public = self.env["PUBLIC_URL"]
        lines = [("Desk", f"{public}/"), ("API", f"{public}/api/v1/docs/")]
        if made.get("admin"):
            password = made["password"] or "(as set at the first start)"
            lines += [("Admin", f"{made['admin']}   {password}"), ("API token", made["token"])]
        lines += [(f"Demo {role}", f"{email}   {password}") for role, email, password in made.get("logins", ())]
        if self.smtp:
            lines.append(("Mail in", f"SMTP on {self.smtp[0]}:{self.smtp[1]}, for support@maison-lune.example"))
        if not settings.EMAIL_URL:
            lines.append(("Mail out", f"kept on {public}/outbox/ (EMAIL_URL is unset)"))
        body = "\n".join(f"    {label:13} {value}" for label, value in lines)
        self.supervisor.log.plain(f"\n  Comptoir is open. Ctrl-C closes it.\n\n{body}\n")

    def _look_around(self) -> None:
        if not self.welcomed and not self.supervisor.stopping and self._is_open():
            self.welcomed = True
            self._welcome(self.made)
        self._check_parent()

    def _check_parent(self) -> None:
        """make passes SIGTERM on to us but neither SIGINT nor its own kill -9: notice both, leave nothing running."""
        if "MAKELEVEL" not in os.environ:
            return
        if os.getppid() != self.parent or (self.parent_listens and _gave_up(self.parent)):
            self.supervisor.stopping = True


def _gave_up(pid: int) -> bool:
    """Whether process `pid` (make) is waiting for us after a SIGINT: it no longer catches that signal."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return not int(line.split()[1], 16) & 1 << (signal.SIGINT - 1)
    except OSError:
        pass
    return False


def _visitable(host: str) -> str:
    """The name under which a browser on this machine reaches what listens on `host`."""
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _own_names() -> list[str]:
    name = socket.gethostname()
    names = {"127.0.0.1", "localhost", name, socket.getfqdn()}
    with suppress(OSError):
        names |= {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
    return sorted(names)


def _must_be_free(host: str, port: int, setting: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = f"{setting}={port + 1}" if setting == "PORT" else f"{setting}={host}:{port + 1}"
            raise CommandError(
                f"{setting}: cannot listen on {host}:{port} ({error.strerror}). "
                f"Stop what uses it, or choose another: {other} make run"
            ) from None


def _must_answer(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"DATABASE_URL: no database answers there: {reason}") from None
