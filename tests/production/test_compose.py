"""The processes of docker-compose.yml, as written there, against Debian's own PostgreSQL and Redis."""

import os
import pwd
import shutil
import smtplib
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx
import psycopg
import pytest
import redis
import yaml

from helpdesk.local import free_port
from tests.helpdesk.processes import ROOT, alive, children, clean_environment, until

pytestmark = [pytest.mark.production, pytest.mark.timeout(240)]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]


def newest_postgres() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    return found[-1].parent if found else None


def skip_or_fail(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory(prefix="comptoir-production-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def database_url(place):
    """Debian's PostgreSQL, whatever its version."""
    programs = newest_postgres()
    if programs is None:
        skip_or_fail("no PostgreSQL of the system: apt-get install postgresql")
    user = pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else None
    data, port = place / "data", free_port()
    data.mkdir(mode=0o700)
    if user is not None:
        os.chown(data, user, -1)
    initdb = [programs / "initdb", "-D", data, "-U", "comptoir", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(initdb, check=True, capture_output=True, user=user, cwd="/")
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *options], user=user, cwd="/", stderr=subprocess.DEVNULL
    )
    url = f"postgres://comptoir@127.0.0.1:{port}/comptoir"

    def create() -> bool:
        try:
            with psycopg.connect(url.removesuffix("comptoir") + "postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE comptoir")
            return True
        except psycopg.OperationalError:
            return False

    until(create, 20)
    yield url
    server.terminate()
    server.send_signal(2)
    server.wait(20)


@pytest.fixture(scope="module")
def redis_url(place):
    """Debian's redis-server or valkey-server, with the arguments that docker-compose.yml gives."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        skip_or_fail("no Redis or Valkey of the system: apt-get install redis-server")
    port = free_port()
    command = [program, *SERVICES["valkey"]["command"][1:], "--port", str(port), "--bind", "127.0.0.1", "--dir", place]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"

    def answers() -> bool:
        try:
            with redis.Redis.from_url(url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    until(answers, 20)
    yield url
    server.terminate()
    server.wait(20)


def command_of(service: str, replace: dict[str, str]) -> list[str]:
    """The service's command, run with this Python; addresses and files moved to where the test may use them."""
    words = [replace.get(word, word) for word in SERVICES[service]["command"]]
    if words[0] == "python":
        return [sys.executable, *words[1:]]
    return [sys.executable, "-m", *words]


@pytest.fixture(scope="module")
def running(place, database_url, redis_url):
    """`prepare` to its end, then web, worker, beat and smtp; yields their addresses and processes."""
    web, smtp = free_port(), free_port()
    env = clean_environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        SECRET_KEY="production-" + "x" * 50,
        PUBLIC_URL=f"http://127.0.0.1:{web}",
        VAR_DIR=str(place / "var"),
        SMTP_LISTEN=f"127.0.0.1:{smtp}",
        ADMIN_PASSWORD="a long password for a test",
        LOG_FORMAT="json",
        METRICS_TOKEN="a-token-for-the-scraper",
    )
    (place / "var").mkdir()
    replace = {"0.0.0.0": "127.0.0.1", "8000": str(web), "/tmp/beat-schedule": str(place / "beat-schedule")}
    prepared = subprocess.run(
        command_of("prepare", replace), cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert prepared.returncode == 0, prepared.stderr
    processes = {}
    for name in ("web", "worker", "beat", "mailbox", "smtp"):
        with (place / f"{name}.log").open("wb") as log:
            processes[name] = subprocess.Popen(
                command_of(name, replace), cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
            )
    yield {"url": f"http://127.0.0.1:{web}", "smtp": smtp, "processes": processes, "env": env}
    for process in processes.values():
        if process.poll() is None:
            process.kill()
            process.wait()


def get(running, path: str) -> int:
    try:
        return httpx.get(running["url"] + path, timeout=10, follow_redirects=True, trust_env=False).status_code
    except httpx.TransportError:
        return 0


def test_ready_and_login_page(running) -> None:
    until(lambda: get(running, "/readyz") == 200, 60)
    assert get(running, "/") == 200


def test_mail_is_accepted_and_stored(running, database_url) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        count = "SELECT count(*) FROM channels_app_inboundmessage"
        seed = [sys.executable, "manage.py", "seed_demo"]
        subprocess.run(seed, cwd=ROOT, env=running["env"], check=True, timeout=120, capture_output=True)
        before = connection.execute(count).fetchone()[0]
        with smtplib.SMTP("127.0.0.1", running["smtp"], timeout=20) as smtp:
            text = "Subject: Parcel?\r\nFrom: a@example.com\r\nMessage-ID: <production-1@example.com>\r\n\r\nHello"
            smtp.sendmail("a@example.com", ["support@maison-lune.example"], text)
        assert connection.execute(count).fetchone()[0] == before + 1
        newest = "SELECT state FROM channels_app_inboundmessage ORDER BY id DESC LIMIT 1"
        until(lambda: connection.execute(newest).fetchone()[0] == "processed", 30, "for the worker")


def test_worker_gives_signs_of_life(running) -> None:
    command = command_of("worker", {})[:1] + SERVICES["worker"]["healthcheck"]["test"][2:]
    check = lambda: subprocess.run(command, cwd=ROOT, env=running["env"], capture_output=True).returncode == 0  # noqa: E731
    until(check, 60)


def test_every_process_stops_when_asked(running) -> None:
    processes = running["processes"]
    below = [pid for process in processes.values() for pid in children(process.pid)]
    for process in processes.values():
        process.terminate()
    codes = {name: process.wait(timeout=30) for name, process in processes.items()}
    assert codes == {"web": 0, "worker": 0, "beat": 0, "mailbox": 0, "smtp": 0}
    until(lambda: not any(map(alive, below)), 10)
