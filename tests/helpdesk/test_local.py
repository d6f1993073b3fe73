import os
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from helpdesk.local import Postgres, ServerFailed, Valkey


@pytest.fixture
def running():
    """Starts servers and stops them after the test."""
    processes = []

    def start(server):
        server.prepare()
        process = subprocess.Popen(
            server.command(), env=server.env(), user=server.uid, cwd="/", stderr=subprocess.DEVNULL
        )
        processes.append(process)
        server.wait(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def var():
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_postgres_keeps_its_data_over_kill(var, running) -> None:
    server = Postgres(var)
    process = running(server)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (42)")
        assert connection.execute("SELECT upper('été') || current_setting('server_encoding')").fetchone() == (
            "ÉTÉUTF8",
        )
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = Postgres(var)
    running(again)
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_postgres_forgets_the_id_of_a_process_that_is_somebody_else(var, running) -> None:
    server = Postgres(var)
    process = running(server)
    process.send_signal(signal.SIGKILL)
    process.wait()
    pid_file = server.home / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(process.pid), str(os.getppid()), 1))
    running(Postgres(var))


def test_postgres_asks_for_its_password(var, running) -> None:
    server = Postgres(var)
    running(server)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url.replace(server.password, "wrong"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_as_root_no_folder_of_others_is_opened_up(running) -> None:
    with tempfile.TemporaryDirectory() as private:  # mode 700
        server = Postgres(Path(private) / "var")
        try:
            running(server)
            assert Path(private).stat().st_mode & 0o777 == 0o700
            assert server.home.stat().st_uid != 0
            assert Postgres(Path(private) / "var").home == server.home
        finally:
            subprocess.run(["rm", "-rf", server.home], check=True)


def test_valkey_keeps_its_queue_and_refuses_strangers(var, running) -> None:
    server = Valkey(var)
    process = running(server)
    with redis.Redis.from_url(server.url) as client:
        client.rpush("celery", "task")
        assert client.config_get("maxmemory-policy", "appendfsync") == {
            "maxmemory-policy": "noeviction", "appendfsync": "everysec",
        }  # fmt: skip
    with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = Valkey(var)
    running(again)
    with redis.Redis.from_url(again.url) as client:
        assert client.lrange("celery", 0, -1) == [b"task"]


def test_server_that_dies_at_its_start_is_said(var) -> None:
    server = Valkey(var)
    server.prepare()
    (server.home / "valkey.conf").write_text("nonsense yes\n")
    process = subprocess.Popen(server.command(), env=server.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with pytest.raises(ServerFailed, match=r"Valkey stopped at its start \(exit code 1\)\."):
        server.wait(process)
