"""An import that is killed at any moment goes on where it stood, and ends the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from tests.metrics.archive import generator
from tests.metrics.archive.conftest import counts
from tickets.models import Event, Message, Ticket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]
ROOT = Path(__file__).parents[3]


def start(path):
    """`manage.py import_archive` on the tests' database, in a process of its own."""
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"]
    base, _slash, rest = url.rpartition("/")
    query = f"?{rest.partition('?')[2]}" if "?" in rest else ""
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_archive", str(path)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"{base}/{name}{query}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until(process, ready):
    """Until it is so far, or done."""
    until = time.monotonic() + 60
    while not ready() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)


def test_a_killed_import_ends_the_same(archive):
    lines = generator.archive(seed=4, tickets=300)
    archive.load(lines)
    whole = archive.export("whole.ndjson")
    rows = Event.objects.count(), Message.objects.count(), Ticket.objects.count()
    call_command("flush", interactive=False, verbosity=0)
    path = archive.file(lines)

    for reached in (
        Ticket.objects.exists,
        lambda: Ticket.objects.count() >= 200,
        lambda: Ticket.objects.count() == 300 and Ticket.objects.exclude(waiting_since=None).exists(),
    ):
        process = start(path)
        wait_until(process, reached)
        process.send_signal(signal.SIGKILL)
        process.communicate()

    process = start(path)
    out, _none = process.communicate(timeout=100)

    assert process.returncode == 0, out
    assert sum(counts(out[out.index(" created") - 10 :])["ticket"]) == 300
    assert (Event.objects.count(), Message.objects.count(), Ticket.objects.count()) == rows
    assert archive.export() == whole
