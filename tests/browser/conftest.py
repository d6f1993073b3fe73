"""A real server (granian, ASGI) on the test database, a real browser, and no page that complains."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from helpdesk.local import free_port

if TYPE_CHECKING:
    from accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
"""
# The ORM in a test runs beside playwright's event loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(90, func_only=True))  # the first of them waits for the servers, too


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    args: dict[str, object] = {"args": ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]}
    return args | ({"executable_path": CHROMIUM} if CHROMIUM else {})


@pytest.fixture(scope="session")
def browser_context_args(desk: str) -> dict[str, object]:
    return {"base_url": desk, "viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}


@pytest.fixture(scope="session")
def desk(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Comptoir; its static files are collected as in production."""
    compile_messages()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("desk")
    log = folder / "server.log"
    env = server_env(url) | {"STATIC_ROOT": str(folder / "static")}
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True)
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--backpressure", "1024", "--workers", "1", "--workers-kill-timeout", "5s", "helpdesk.asgi:application"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        wait_for(url + "/accounts/login/", process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def server_env(url: str) -> dict[str, str]:
    database = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]))
    return {**os.environ, "DATABASE_URL": database, "PUBLIC_URL": url, "ALLOWED_HOSTS": "127.0.0.1"}


def compile_messages() -> None:
    for source in (ROOT / "locale").glob("*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as po, target.open("wb") as mo:
                write_mo(mo, read_po(po))


def wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _attempt in range(600):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=10).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the console said: errors and blocked content. A test may clear it knowingly."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(f"{message.text} {message.location['url']}")

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture(autouse=True)
def no_complaint(complaints: list[str]) -> Iterator[None]:
    yield
    assert complaints == []


@pytest.fixture
def shop_floor(transactional_db: None, context: BrowserContext) -> Iterator[None]:
    """An empty database that is emptied again only when the server has finished its last request."""
    yield
    context.close()
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)


@pytest.fixture
def agent(shop_floor: None, context: BrowserContext, desk: str) -> "User":
    """Inès, a manager, logged in in the browser."""
    from tests import factories as make  # models: not before Django is set up

    user = make.user("ines@example.com", role="manager", first_name="Inès", last_name="Benali", presence="online")
    log_in(context, user, desk)
    return user


def log_in(context: BrowserContext, user: "User", desk: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": desk}])


def listening(page: Page) -> None:
    """The page hears what happens from now on."""
    page.wait_for_selector("live-stream[state=open]", state="attached")


def writing(page: Page, text: str) -> None:
    """Begin a reply by keyboard."""
    page.keyboard.press("r")
    expect(page.locator(".rich")).to_be_focused()
    page.keyboard.type(text)
