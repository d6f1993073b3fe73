"""A storm: mails arrive and answers leave while everything is killed at random; afterwards the books must balance.

`make run`'s own supervisor runs the house; the outside is a real SMTP client that behaves like a mail server (it keeps
a mail until it hears 250), an API client that repeats with the same Idempotency-Key, and a catching SMTP server.
"""

import http.client
import json
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller

from helpdesk.local import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
VICTIMS = {"web": "granian", "worker": "celery.*worker", "valkey": "valkey-server", "postgres": "postgres -D"}
ADDRESS = "support@maison-lune.example"
LEAST_KILLS = 12  # on a machine so quick that all is sent before, the rest strikes what is still being worked off


@dataclass
class Ledger:
    """What was handed over, and what became of it."""

    mails_accepted: int = 0
    mails_stored: int = 0
    messages: int = 0
    doubled_messages: int = 0
    waiting: int = 0
    failed: int = 0
    replies_accepted: int = 0
    replies_stored: int = 0
    replies_left: int = 0
    replies_twice: int = 0
    replies_twice_unexplained: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class Catcher:
    """The mail server of the outside world: keeps what it accepts."""

    def __init__(self) -> None:
        self.caught: list[bytes] = []
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    async def handle_DATA(self, server, session, envelope):
        self.caught.append(envelope.content)
        return "250 kept"

    def ids(self) -> Counter:
        """How often each answer of an agent arrived, by Message-ID."""
        mails = (message_from_bytes(raw) for raw in list(self.caught))
        return Counter(str(mail["Message-ID"]).strip(" <>") for mail in mails if "Auto-Submitted" not in mail)


@contextmanager
def house(var: Path, catcher: Catcher):
    """The whole installation under its own supervisor, on free ports; all of it gone afterwards."""
    web, smtp = free_port(), free_port()
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "VAR_DIR")}
    env |= {
        "VAR_DIR": str(var),
        "HOST": "127.0.0.1",
        "PORT": str(web),
        "DEMO": "0",
        "SMTP_LISTEN": f"127.0.0.1:{smtp}",
        "EMAIL_URL": f"smtp://127.0.0.1:{catcher.controller.port}",
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "OUTBOX_PATIENCE_PERCENT": "5",
        "API_RATE": "100000/min",
        "SECRET_KEY": "chaos-" + "x" * 50,
    }
    env.pop("DJANGO_SETTINGS_MODULE", None)
    log = open(var / "up.log", "wb")
    up = subprocess.Popen([sys.executable, "manage.py", "up"], cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        _until(lambda: _ready(web), 90, f"the house does not open: see {var}/up.log")
        yield House(var, web, smtp, env, up)
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            up.wait(60)
        except subprocess.TimeoutExpired:
            up.kill()
        log.close()


@dataclass
class House:
    var: Path
    web: int
    smtp: int
    env: dict
    up: subprocess.Popen

    def manage(self, *command: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.env | self._servers(), input=stdin,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def _servers(self) -> dict[str, str]:
        lines = (self.var / "servers.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def query(self, sql: str) -> list[tuple]:
        url = self._servers()["DATABASE_URL"]
        with psycopg.connect(url, connect_timeout=5) as connection:
            return connection.execute(sql).fetchall()

    def number(self, sql: str) -> int:
        return self.query(sql)[0][0]

    def processes(self, pattern: str) -> list[int]:
        """Our own processes whose command line matches, by walking down from the supervisor."""
        found, todo = [], [self.up.pid]
        while todo:
            pid = todo.pop()
            try:
                todo += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (OSError, ValueError):
                continue
            if pid != self.up.pid and re.search(pattern, command):
                found.append(pid)
        return found


def storm(var: Path, *, mails: int, answers: int, kills: int, seed: int, patience: float = 240) -> Ledger:
    """Let it blow; returns the books after everything has settled or `patience` seconds have passed."""
    rng = random.Random(seed)
    catcher, ledger, started = Catcher(), Ledger(), time.monotonic()
    catcher.controller.start()
    try:
        with house(var, catcher) as home:
            token = _furnish(home)
            numbers = _first_tickets(home, token, 20)
            calm = threading.Event()
            senders = [threading.Thread(target=_send_mails, args=(home, range(n, mails, 4), ledger)) for n in range(4)]
            agents = [
                threading.Thread(target=_answer, args=(home, token, numbers, range(n, answers, 2), ledger))
                for n in range(2)
            ]
            killer = threading.Thread(target=_kill, args=(home, kills, rng, calm, ledger))
            for thread in [*senders, *agents, killer]:
                thread.start()
            for thread in [*senders, *agents]:
                thread.join()
            calm.set()
            killer.join()
            _settle(home, patience)
            _balance(home, catcher, ledger)
    finally:
        catcher.controller.stop()
    ledger.seconds = time.monotonic() - started
    return ledger


def _furnish(home: House) -> str:
    """A shop with one mailbox, by the shell, and an API token."""
    script = (
        "from accounts.models import Shop\n"
        "from channels_app.models import Channel\n"
        "shop, _ = Shop.objects.get_or_create(key='main', defaults={'name': 'Maison Lune', 'languages': ['fr']})\n"
        f"Channel.objects.filter(kind='email', address='{ADDRESS}').exists() or Channel.objects.create("
        f"kind='email', name='support', shop=shop, address='{ADDRESS}', config={{'address': '{ADDRESS}'}})\n"
    )
    home.manage("shell", "-v", "0", stdin=script)
    return home.manage("create_api_token", "admin@example.com").splitlines()[-1]


def _first_tickets(home: House, token: str, count: int) -> list[int]:
    made = [
        _post(home, token, "/api/v1/tickets/", f"first-{n}", {
            "customer": {"email": f"first{n}@example.org"}, "channel": "support",
            "subject": f"Première question {n}", "text": "Bonjour ?", "from": "customer",
        })
        for n in range(count)
    ]  # fmt: skip
    return [ticket["number"] for ticket in made]


def _send_mails(home: House, numbers: range, ledger: Ledger) -> None:
    """Like a mail server: one mail after the other, each until it hears 250."""
    for n in numbers:
        mail = (
            f"From: Client {n} <client{n}@example.net>\r\nTo: {ADDRESS}\r\nSubject: Question {n}\r\n"
            f"Message-ID: <storm-{n}@example.net>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0100\r\n\r\n"
            f"Bonjour, voici la question {n}.\r\n"
        ).encode()
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", home.smtp, timeout=30) as line:
                    line.sendmail(f"client{n}@example.net", [ADDRESS], mail)
                break
            except (OSError, smtplib.SMTPException):
                time.sleep(0.3)
        ledger.mails_accepted += 1


def _answer(home: House, token: str, tickets: list[int], numbers: range, ledger: Ledger) -> None:
    for n in numbers:
        path = f"/api/v1/tickets/{tickets[n % len(tickets)]}/messages/"
        _post(home, token, path, f"answer-{n}", {"text": f"Réponse numéro {n}.", "public": True})
        ledger.replies_accepted += 1


def _post(home: House, token: str, path: str, key: str, body: dict) -> dict:
    """Until it is accepted, under one Idempotency-Key."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", home.web, timeout=30)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status in (200, 201):
                return json.loads(content)
            if answer.status < 500 and answer.status not in (409, 429):
                raise AssertionError(f"{path}: {answer.status} {content[:500]!r}")
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.3)


def _kill(home: House, kills: int, rng: random.Random, calm: threading.Event, ledger: Ledger) -> None:
    """kill -9, one victim after the other, each kind in turn but at random moments."""
    names = list(VICTIMS)
    for n in range(kills):
        if calm.is_set() and n >= LEAST_KILLS:
            return
        time.sleep(rng.uniform(0.5, 3.0))
        name = names[n % len(names)]
        pids = home.processes(VICTIMS[name])
        if pids:
            try:
                os.kill(rng.choice(pids), signal.SIGKILL)
                ledger.kills[name] = ledger.kills.get(name, 0) + 1
            except ProcessLookupError:
                pass


def _settle(home: House, patience: float) -> None:
    """Wait until nothing waits any more."""
    waiting = (
        "SELECT (SELECT count(*) FROM channels_app_inboundmessage WHERE state = 'stored')"
        " + (SELECT count(*) FROM channels_app_outboundmessage WHERE state IN ('queued', 'sending', 'unknown'))"
        " + (SELECT count(*) FROM tickets_event WHERE reacted_at IS NULL AND kind = 'message')"
    )
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if home.number(waiting) == 0:
                return
        except psycopg.OperationalError:
            pass
        time.sleep(1)


def _balance(home: House, catcher: Catcher, ledger: Ledger) -> None:
    inbound = "channels_app_inboundmessage"
    ledger.mails_stored = home.number(f"SELECT count(*) FROM {inbound} WHERE source = 'smtp'")
    ledger.waiting = home.number(f"SELECT count(*) FROM {inbound} WHERE state = 'stored'")
    ledger.failed = home.number(f"SELECT count(*) FROM {inbound} WHERE state = 'failed'")
    ledger.messages = home.number("SELECT count(*) FROM tickets_message WHERE external_id LIKE '%storm-%'")
    ledger.doubled_messages = home.number(
        "SELECT count(*) FROM (SELECT external_id FROM tickets_message WHERE external_id LIKE '%storm-%'"
        " GROUP BY 1 HAVING count(*) > 1) twice"
    )
    ledger.replies_stored = home.number("SELECT count(*) FROM tickets_message WHERE text LIKE 'Réponse numéro %'")
    ids = catcher.ids()
    sent = home.query(
        "SELECT o.external_id, o.attempts FROM channels_app_outboundmessage o"
        " JOIN tickets_message m ON m.outbound_id = o.id WHERE m.text LIKE 'Réponse numéro %'"
    )
    counts = {external_id: ids.get(external_id.strip("<>"), 0) for external_id, _attempts in sent}
    ledger.replies_left = sum(1 for count in counts.values() if count)
    ledger.replies_twice = sum(1 for count in counts.values() if count > 1)
    ledger.replies_twice_unexplained = sum(
        1 for external_id, attempts in sent if counts[external_id] > 1 and attempts < 2
    )


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (TimeoutError, OSError):
        return False
    finally:
        connection.close()


def _until(condition, seconds: float, words: str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.3)
    raise AssertionError(words)
