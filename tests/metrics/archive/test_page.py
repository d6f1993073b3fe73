"""Archives by the page: checked first, imported once, gone on with after a kill, exported for a day."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from metrics.archive import jobs
from metrics.archive.models import ArchiveJob
from metrics.models import TicketFacts
from tests import factories
from tests.metrics.archive import generator
from tests.metrics.archive.test_bad_lines import AGENT, CUSTOMER, SHOP, TICKET, said
from tests.metrics.archive.test_kill import ROOT, wait_until
from tickets.models import Ticket

DATA = ROOT / "tests/data/archive"
PAGE = "/settings/archive/"
GOOD = said() | {"key": "k1"}
BAD = TICKET | {"key": "k2", "priority": "very high"}


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    """Files of these tests only."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "file_permissions_mode": 0o600},
        }
    }
    return tmp_path


@pytest.fixture
def admin(client):
    user = factories.admin()
    client.force_login(user)
    return user


def upload(client, *lines, **fields):
    """Send the form; the job that it leads to."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file = SimpleUploadedFile("old desk.ndjson", text.encode())
    answer = client.post(f"{PAGE}import/", {"upload": file, "token": uuid4(), "source": ""} | fields)
    assert answer.status_code == 302
    return ArchiveJob.objects.get(pk=answer.url.split("/")[-2])


@pytest.mark.django_db
def test_an_import_is_checked_then_confirmed_and_heard_once(client, admin):
    job = upload(client, SHOP, AGENT, CUSTOMER, GOOD, BAD)
    assert (jobs.work(), Ticket.objects.count()) == (1, 0)

    job.refresh_from_db()
    assert job.state == "checked"
    assert job.report["counts"]["ticket"] == {"created": 1, "updated": 0, "unchanged": 0, "bad": 1}
    assert job.report["refused"] == [[5, "priority", '"very high" is none of low, normal, high, urgent']]
    page = client.get(f"{PAGE}{job.pk}/").content.decode()
    assert "<code>priority</code>" in page and "&quot;very high&quot; is none of" in page
    refused = client.get(f"{PAGE}{job.pk}/refused/").content.decode().splitlines()
    assert refused[1] == '5,priority,"""very high"" is none of low, normal, high, urgent"'

    for _again in range(2):
        client.post(f"{PAGE}{job.pk}/confirm/")
    assert (jobs.work(), jobs.work()) == (1, 0)
    job.refresh_from_db()
    assert (job.state, job.confirmed_by, Ticket.objects.count(), TicketFacts.objects.count()) == ("done", admin, 1, 1)
    client.post(f"{PAGE}{job.pk}/confirm/")
    assert jobs.work() == 0

    path = Path(job.file.path)
    assert jobs.forget_files() == 1
    assert not path.exists()


@pytest.mark.django_db
def test_what_is_not_wanted_is_not_imported(client, admin):
    job = upload(client, SHOP, CUSTOMER, GOOD)
    jobs.work()
    client.post(f"{PAGE}{job.pk}/drop/")
    client.post(f"{PAGE}{job.pk}/confirm/")
    assert (jobs.work(), Ticket.objects.count(), ArchiveJob.objects.get().state) == (0, 0, "dropped")


@pytest.mark.django_db
def test_the_same_form_twice_is_one_job(client, admin):
    token = uuid4()
    first, second = (upload(client, SHOP, token=token) for _again in range(2))
    assert (first.pk, ArchiveJob.objects.count()) == (second.pk, 1)


@pytest.mark.django_db
def test_another_helpdesks_export_becomes_an_archive_first(client, admin):
    shop = factories.shop()
    files = [SimpleUploadedFile(one.name, one.read_bytes()) for one in sorted((DATA / "zendesk").glob("*.json"))]
    job = upload(client, source="zendesk", shop=shop.pk, upload=files)
    assert jobs.work() == 2
    job.refresh_from_db()
    counts = job.report["counts"]["ticket"]
    assert (job.state, counts["created"] > 0, counts["bad"], job.report["refused"]) == ("checked", True, 0, [])

    wrong = upload(client, {"hello": [1]}, source="zendesk", shop=shop.pk)
    assert jobs.work() == 1
    wrong.refresh_from_db()
    assert (wrong.state, wrong.failed_at) == ("failed", "converting")
    homeless = {"upload": SimpleUploadedFile("a", b"{}"), "token": uuid4(), "source": "gorgias"}
    assert client.post(f"{PAGE}import/", homeless).status_code == 422


@pytest.mark.django_db
def test_an_export_can_be_fetched_by_admins_for_a_day(client, admin):
    factories.ticket(subject="Où est mon colis ?")
    answer = client.post(f"{PAGE}export/", {"token": uuid4()})
    assert jobs.work() == 1
    job = ArchiveJob.objects.get()
    fetched = client.get(f"{answer.url}file/")
    lines = [json.loads(line) for line in fetched.streaming_content.__iter__().__next__().splitlines()]
    assert [line["subject"] for line in lines if line["type"] == "ticket"] == ["Où est mon colis ?"]
    assert (fetched["Content-Disposition"][:10], job.by) == ("attachment", admin)

    client.force_login(factories.user(role="manager"))
    assert [client.get(address).status_code for address in (PAGE, answer.url, f"{answer.url}file/")] == [403] * 3
    client.force_login(admin)
    ArchiveJob.objects.update(files_until=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{answer.url}file/").status_code == 404
    path = Path(job.file.path)
    assert (jobs.forget_files(), path.exists()) == (1, False)


WORKER = "import django; django.setup(); from metrics.archive.jobs import work; print(work())"


@pytest.mark.django_db(transaction=True)
@pytest.mark.chaos
def test_a_killed_import_is_taken_up_again_and_ends_once(client, admin, places):
    job = upload(client, *generator.archive(seed=4, tickets=300))
    jobs.work()
    client.post(f"{PAGE}{job.pk}/confirm/")

    process = worker(places)
    wait_until(process, lambda: Ticket.objects.count() >= 100)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    job.refresh_from_db()
    assert (job.state, job.tries, Ticket.objects.count() < 300) == ("importing", 1, True)

    two = [worker(places), worker(places)]
    done = sorted(int(process.communicate(timeout=120)[0].split()[-1]) for process in two)

    job.refresh_from_db()
    assert (job.state, Ticket.objects.count(), TicketFacts.objects.count()) == ("done", 300, 300)
    assert (done[-1], job.report["done"]["refused"]) == (1, [])


def worker(places):
    """A worker of its own on the tests' database and files."""
    base, _slash, rest = os.environ["DATABASE_URL"].rpartition("/")
    query = f"?{rest.partition('?')[2]}" if "?" in rest else ""
    url = f"{base}/{connection.settings_dict['NAME']}{query}"
    env = {"DATABASE_URL": url, "STORAGE_URL": f"file://{places}", "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": "x"} | env,
        stdout=subprocess.PIPE,
        text=True,
    )
