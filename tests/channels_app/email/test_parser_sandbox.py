"""The parser's child process: limits hold, a failure costs one mail, nothing of ours leaks in."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from channels_app.adapters.email.parser import parse
from channels_app.adapters.email.sandbox import ROOT, ParseFailed, Sandbox

DATA = Path(__file__).parents[2] / "data" / "email"
SMALL = b"From: a@example.com\nDate: Mon, 2 Nov 2026 10:00:00 +0100\n\nhi\n"
LARGE = SMALL + b"a line of text that is only there to be long\n" * 800_000


@pytest.fixture
def sandbox():
    box = Sandbox()
    yield box
    box.close()


def test_the_child_reads_as_the_parser_does(sandbox):
    for path in sorted(DATA.glob("*.eml")):
        raw = path.read_bytes()
        assert sandbox.parse(raw, authserv_id="mx.maison-lune.example") == parse(
            raw, authserv_id="mx.maison-lune.example"
        ), path


def test_cleaning_html_in_the_child(sandbox):
    assert sandbox.clean_html('<p onclick=x>é <img src="cid:a"></p>', {"a": "/f/1/"}) == '<p>é <img src="/f/1/"></p>'


def test_memory_bomb_fails_and_the_next_mail_is_read():
    box = Sandbox(memory_mb=24)
    with pytest.raises(ParseFailed, match="memory"):
        box.parse(LARGE)
    assert box.parse(SMALL).text == "hi"
    box.close()


def test_cpu_bomb_fails_and_the_next_mail_is_read():
    box = Sandbox(cpu_seconds=0, wall_seconds=60)
    slow = (
        b"From: a@example.com\nContent-Type: text/html\n\n<p>wrote:</p>"
        + b"<table><tr><td>x</td></tr></table>" * 55_000
    )
    with pytest.raises(ParseFailed, match="cpu"):
        for _ in range(40):
            box.parse(slow)
    assert box.parse(SMALL).text == "hi"
    box.close()


def test_time_is_up(sandbox):
    sandbox.parse(SMALL)
    hurried = Sandbox(wall_seconds=0.001)
    hurried._start()
    with pytest.raises(ParseFailed, match="time"):
        hurried.parse(LARGE)
    assert hurried.child_pid is None


def test_killed_while_idle_is_not_even_noticed(sandbox):
    sandbox.parse(SMALL)
    os.kill(sandbox.child_pid, signal.SIGKILL)
    time.sleep(0.1)
    assert sandbox.parse(SMALL).text == "hi"


def test_killed_half_way_fails_one_mail(sandbox):
    sandbox.parse(SMALL)
    pid = sandbox.child_pid
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(ParseFailed, match="crash: signal 9"):
        sandbox.parse(SMALL)
    assert sandbox.parse(SMALL).text == "hi"


def test_the_child_is_replaced_after_its_share():
    box = Sandbox(recycle_after=2)
    pids = [box.parse(SMALL) and box.child_pid for _ in range(4)]
    assert (pids[0] == pids[1], pids[1] == pids[2], pids[2] == pids[3]) == (True, False, True)
    box.close()


def test_threads_take_turns(sandbox):
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(sandbox.parse(SMALL + b"%d" % n).text)) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"hi\n{n}" for n in range(8)]


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_has_a_child_of_its_own(sandbox):
    sandbox.parse(SMALL)
    ours = sandbox.child_pid
    forked = os.fork()
    if forked == 0:
        code = 1
        try:
            fresh = sandbox.child_pid is None and sandbox.parse(SMALL).text == "hi" and sandbox.child_pid != ours
            sandbox.close()
            code = 0 if fresh else 2
        finally:
            os._exit(code)
    assert os.waitpid(forked, 0)[1] == 0
    assert (sandbox.parse(SMALL).text, sandbox.child_pid) == ("hi", ours)


def test_the_child_ends_with_its_parent():
    code = (
        "import os, sys; from channels_app.adapters.email.sandbox import Sandbox; s = Sandbox(); s.parse(b'x');"
        "print(s.child_pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    child = Path(f"/proc/{parent.stdout.strip()}")
    for _ in range(50):
        if not child.exists() or "Z" in (child / "stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    pytest.fail("the child outlived its parent")


def test_the_child_knows_neither_django_nor_secrets(sandbox, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    sandbox.parse(SMALL)
    environment = Path(f"/proc/{sandbox.child_pid}/environ").read_bytes()
    assert b"DATABASE_URL" not in environment
    assert b"SECRET_KEY" not in environment
    code = "import sys, channels_app.adapters.email.child; print([m for m in sys.modules if m.startswith('django')])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
