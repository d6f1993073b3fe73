"""One embedded PostgreSQL and one Valkey for the whole run, shared by the workers of xdist; nothing outlives it.

DATABASE_URL and REDIS_URL, if set, are used instead. The settings module is named here and not in pyproject.toml:
pytest-django would load it before the servers are there.
"""

import gc
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import redis

from helpdesk.local import LocalServer, Postgres, Valkey
from helpdesk.supervisor import die_with_parent

os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
ENVIRONMENT = {"SECRET_KEY": "only-for-tests-" + "x" * 40, "PUBLIC_URL": "http://testserver", "DEBUG": "0"}
NOT_OURS = ("EMAIL_URL", "SMTP_LISTEN", "METRICS_TOKEN", "SENTRY_DSN", "STORAGE_URL", "ADMIN_PASSWORD", "ALLOWED_HOSTS")


class Servers:
    """The servers that this process started."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="comptoir-test-"))
        self.var.chmod(0o755)  # as root, PostgreSQL's user must be able to walk in
        (self.var / "static").mkdir()  # whitenoise warns without it
        self.running: list[tuple[LocalServer, subprocess.Popen[bytes]]] = []

    def start(self, server: LocalServer) -> str:
        server.prepare()
        log = (self.var / f"{server.name}.log").open("ab")
        process = subprocess.Popen(
            server.command(),
            env=server.env(),
            user=server.uid,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGINT),
        )
        log.close()
        self.running.append((server, process))
        server.wait(process)
        return server.url

    def stop(self) -> None:
        for server, process in reversed(self.running):
            process.send_signal(signal.SIGINT if isinstance(server, Postgres) else signal.SIGKILL)
        for server, process in self.running:
            process.wait(timeout=20)
            if server.home.parent != self.var:
                shutil.rmtree(server.home, ignore_errors=True)
        shutil.rmtree(self.var, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):  # an xdist worker: the servers are there, this is its share of Valkey
        number = int(config.workerinput["workerid"].removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{number}"
    else:
        start_servers(config)
    django.setup()
    empty_by_deleting()
    # Workers inherit the environment, and pytest-django would load their settings before they know their share.
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_finish() -> None:
    """What is loaded by now stays; to look through all of it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def empty_by_deleting() -> None:
    """After a test that commits: delete its few rows, which takes milliseconds; to truncate every table takes a second.
    Types and permissions are Django's own and stay."""
    from django.core.management.commands import flush  # not before Django is set up
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(self: object, style: object, tables: list[str], **options: bool) -> list[str]:
        ours = sorted(set(tables) - {"django_content_type", "auth_permission"})
        return ["SET LOCAL session_replication_role = replica", *(f'DELETE FROM "{table}"' for table in ours)]

    DatabaseOperations.sql_flush = sql_flush
    flush.emit_post_migrate_signal = lambda *_args, **_more: None  # would make types and permissions again


def start_servers(config: pytest.Config) -> None:
    for name in NOT_OURS:
        os.environ.pop(name, None)
    os.environ.update(ENVIRONMENT)
    servers = config.stash[SERVERS] = Servers()
    os.environ["VAR_DIR"] = str(servers.var)
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = servers.start(Postgres(servers.var, durable=False))
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = servers.start(Valkey(servers.var, durable=False))


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers := config.stash.get(SERVERS, None):
        servers.stop()


SERVERS = pytest.StashKey[Servers]()


@pytest.fixture
def valkey() -> Iterator["redis.Redis"]:
    """A client of this worker's own Valkey database, emptied before the test."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()
        yield client
