"""`make run` for real: start, second start, faults, stop."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import redis

from helpdesk.celery import PULSE_KEY
from tests.helpdesk.processes import ROOT, Up, alive, children, clean_environment, until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def var():
    """One VAR_DIR for the module: the first start fills it, the later ones are quick."""
    with tempfile.TemporaryDirectory(prefix="comptoir-up-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "var"


@pytest.fixture
def up(var):
    started: list[Up] = []

    def start(*command: str, **settings: str) -> Up:
        started.append(Up(var, *command, **settings))
        return started[-1]

    yield start
    for one in started:
        left = children(one.process.pid)
        one.process.kill()
        one.process.wait()
        until(lambda left=left: not any(map(alive, left)), 60)  # a database under load closes slowly


def status(up: Up, path: str) -> int:
    try:
        return httpx.get(up.url + path, timeout=10, follow_redirects=True, trust_env=False).status_code
    except httpx.TransportError:
        return 0


def server_pid(up: Up, name: str) -> int:
    for pid in children(up.process.pid):
        if name in Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0].rpartition("/")[2]:
            return pid
    raise AssertionError(f"no {name} runs")


def web_pid(up: Up) -> int | None:
    """The web server that the supervisor itself started."""
    for pid in children(up.process.pid):
        with suppress(OSError):
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if parent == up.process.pid and "granian" in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
    return None


def servers(var: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (var / "servers.env").read_text().splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_opens_and_stops_clean(up, var, number) -> None:
    here = up()
    here.wait_open()
    assert (status(here, "/healthz"), status(here, "/readyz"), status(here, "/")) == (200, 200, 200)
    with smtplib.SMTP("127.0.0.1", here.smtp, timeout=10) as smtp:
        assert smtp.noop()[0] == 250
    processes = children(here.process.pid)
    assert len(processes) > 5
    here.process.send_signal(number)
    assert here.process.wait(timeout=30) == 0
    assert [pid for pid in processes if alive(pid)] == []
    assert not (var / "servers.env").exists()
    assert here.log.read_text().endswith("Stopped.\n")


def test_stays_open_in_the_background_of_a_script(up) -> None:
    """A script's `make run &` ignores SIGINT from its birth: that is no sign of a Ctrl-C."""
    here = up("sh", "-c", "trap '' INT; exec make run")
    here.wait_open()
    time.sleep(3)
    assert (here.process.poll(), status(here, "/readyz")) == (None, 200)
    processes = children(here.process.pid)
    here.process.terminate()
    here.process.wait(timeout=30)
    until(lambda: not any(map(alive, processes)), 20)


def test_kill_9_of_the_supervisor_leaves_nothing(up) -> None:
    here = up()
    here.wait_open()
    processes = children(here.process.pid)
    here.process.kill()
    here.process.wait()
    until(lambda: not any(map(alive, processes)), 20)


def test_what_dies_comes_back(up, var) -> None:
    here = up()
    here.wait_open()
    database = server_pid(here, "postgres")
    os.kill(database, signal.SIGKILL)
    until(lambda: status(here, "/readyz") == 200 and server_pid(here, "postgres") != database, 30, "for PostgreSQL")
    os.kill(server_pid(here, "valkey-server"), signal.SIGKILL)
    until(lambda: status(here, "/readyz") == 200, 30, "for Valkey")
    with redis.Redis.from_url(servers(var)["REDIS_URL"]) as client:
        client.delete(PULSE_KEY)  # a worker that hears again brings it back
        until(lambda: client.exists(PULSE_KEY), 60, "for the worker")
    web = web_pid(here)
    os.kill(web, signal.SIGKILL)  # its child serves on until the supervisor has seen it
    until(lambda: web_pid(here) not in (None, web), 30, "for the supervisor")
    until(lambda: status(here, "/readyz") == 200, 30, "for the web server")


def test_admin_and_token_are_told(up) -> None:
    here = up()
    here.wait_open()
    token = re.search(r"API token\s+(\S+)", here.log.read_text()[-2000:])[1]
    answer = httpx.get(f"{here.url}/api/v1/tickets/", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert answer.status_code == 200


def test_second_start_is_refused_in_words(up, var) -> None:
    here = up()
    here.wait_open()
    second = run(VAR_DIR=str(var))
    assert second.returncode == 1
    assert second.stderr == f"CommandError: Comptoir is already running here: {here.url} (process {here.process.pid})\n"
    assert status(here, "/healthz") == 200


def run(**settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "up"]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(**settings), capture_output=True, text=True, timeout=60
    )


def test_port_in_use_is_said(tmp_path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = run(VAR_DIR=str(tmp_path), PORT=str(port))
    assert refused.returncode == 1
    assert refused.stderr == (
        f"CommandError: PORT: cannot listen on 127.0.0.1:{port} (Address already in use). "
        f"Stop what uses it, or choose another: PORT={port + 1} make run\n"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "DATABASE_URL: no database answers there: "),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL='mysql://x/y': expected an address"),
        ({"PORT": "eighty"}, "PORT='eighty': expected a whole number from 1 to 65535."),
    ],
)
def test_wrong_setting_stops_the_start_with_one_line(tmp_path, settings, words) -> None:
    refused = run(VAR_DIR=str(tmp_path), **settings)
    assert refused.returncode == 1
    assert words in refused.stderr.splitlines()[-1]
    assert "Traceback" not in refused.stderr
