"""Archives moved by a page: a row says what is asked, a worker does it, one at a time.

A worker that dies lets go of the database's lock, and the next sweep takes the job up where it stood: an import skips
the lines that it has stored, everything else begins anew.
"""

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from celery import shared_task
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from helpdesk.lib.refused import Refused
from helpdesk.lib.wakeup import wake
from metrics.archive.converters import NotThis, write_converted
from metrics.archive.lock import alone
from metrics.archive.models import AT_WORK, ArchiveJob, JobState
from metrics.archive.read import Import
from metrics.archive.report import Report, forget_progress
from metrics.archive.write import export

UPLOAD_LASTS = timedelta(days=7)
EXPORT_LASTS = timedelta(days=1)
MOST_TRIES = 5  # workers that may die of one job
log = logging.getLogger(__name__)


@transaction.atomic
def begin_export(*, by: User, token: UUID) -> ArchiveJob:
    """Everything as an archive, ready for a day. The same form again is the same job."""
    until = timezone.now() + EXPORT_LASTS
    job, _made = ArchiveJob.objects.get_or_create(
        token=token, defaults={"is_export": True, "by": by, "state": JobState.EXPORTING, "files_until": until}
    )
    transaction.on_commit(partial(wake, work))
    return job


@transaction.atomic
def begin_import(files: Iterable[UploadedFile], *, source: str, shop: Shop | None, by: User, token: UUID) -> ArchiveJob:
    """Keep the files and rehearse them: nothing of them is imported before `confirm`. Same form, same job."""
    if twin := ArchiveJob.objects.filter(token=token).first():
        return twin
    given = list(files)
    job = ArchiveJob(token=token, is_export=False, by=by, source=source, shop=shop)
    job.name = ", ".join(file.name or "" for file in given)[:200]
    job.state = JobState.CONVERTING if source else JobState.CHECKING
    job.files_until = timezone.now() + UPLOAD_LASTS
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as together:
            for file in given:
                for chunk in file.chunks():
                    together.write(chunk)
                together.write(b"\n")
        _keep(job, path)
    job.save()
    transaction.on_commit(partial(wake, work))
    return job


def confirm(job: ArchiveJob, *, by: User) -> None:
    """Import what was checked. Refused when it is not waiting for this word: it is heard once."""
    _move(job, JobState.CHECKED, JobState.IMPORTING, confirmed_by=by)


def drop(job: ArchiveJob) -> None:
    """Do not import it. Refused when it is no longer waiting for a word."""
    _move(job, JobState.CHECKED, JobState.DROPPED, ended_at=timezone.now(), files_until=timezone.now())


def resume(job: ArchiveJob) -> None:
    """Once more from the step in which it failed. Refused when it did not fail, or its file is gone."""
    if not job.is_export and not job.file:
        raise Refused("state", _("Its file has been forgotten: upload it again."))
    _move(job, JobState.FAILED, F("failed_at"), failed_at="", failure="", tries=0, ended_at=None)


def _move(job: ArchiveJob, old: JobState, new: JobState | F, **fields: object) -> None:
    if not ArchiveJob.objects.filter(pk=job.pk, state=old).update(state=new, **fields):
        raise Refused("state", _("It is not waiting for this any more."))
    transaction.on_commit(partial(wake, work))


@shared_task(name="metrics.archive.jobs.work", time_limit=24 * 3600)
def work() -> int:
    """Do what is asked, the oldest first. Returns how many steps were done; 0 when another worker is at it."""
    with alone() as free:
        done = 0
        while free and (job := ArchiveJob.objects.filter(state__in=AT_WORK).order_by("pk").first()):
            _take_up(job)
            done += 1
        return done


def _take_up(job: ArchiveJob) -> None:
    job.tries += 1
    job.save(update_fields=["tries"])
    try:
        if job.tries > MOST_TRIES:
            raise Refused("state", _("%(n)d workers died of it.") % {"n": MOST_TRIES})
        STEPS[JobState(job.state)](job)
    except (OperationalError, InterfaceError):  # the database is away: the sweep tries again
        raise
    except Exception as problem:
        log.exception("archive job %s", job.pk)
        words = problem.words if isinstance(problem, Refused) else f"{type(problem).__name__}: {problem}"
        job.failed_at, job.state, job.failure, job.ended_at = job.state, JobState.FAILED, words[:500], timezone.now()
    job.save()
    forget_progress(job.pk)


def _convert(job: ArchiveJob) -> None:
    """Another helpdesk's export becomes an archive, which takes its place."""
    old = job.file.name
    with _at_hand(job) as path:
        converted = path.with_name("converted")
        try:
            write_converted(job.source, [path], job.shop.key if job.shop else "", converted)
        except NotThis as problem:
            raise Refused("file", str(problem)) from None
        _keep(job, converted)
    job.state, job.tries = JobState.CHECKING, 0
    job.save()
    job.file.storage.delete(old or "")


def _check(job: ArchiveJob) -> None:
    report = Report(job.pk)
    with _at_hand(job) as path:
        reading = Import(path, report)
        reading.rehearse()
    job.report, job.state, job.tries = report.as_json(reading.counts), JobState.CHECKED, 0


def _import(job: ArchiveJob) -> None:
    report = Report(job.pk)
    with _at_hand(job) as path:
        reading = Import(path, report)
        reading.run()
    job.report |= {"done": report.as_json(reading.counts)}
    job.state, job.ended_at = JobState.DONE, timezone.now()
    job.files_until = job.ended_at  # it is in the house now


def _export(job: ArchiveJob) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        with path.open("w", encoding="utf-8") as file:
            counts = export(file, Report(job.pk))
        _keep(job, path)
    job.report = {"lines": counts, "bytes": job.file.size}
    job.state, job.ended_at = JobState.DONE, timezone.now()
    job.files_until = job.ended_at + EXPORT_LASTS


STEPS = {
    JobState.CONVERTING: _convert,
    JobState.CHECKING: _check,
    JobState.IMPORTING: _import,
    JobState.EXPORTING: _export,
}


@shared_task(name="metrics.archive.jobs.forget_files")
def forget_files() -> int:
    """Delete the files whose time is over; who moved them stays known. Returns how many."""
    over = ArchiveJob.objects.filter(files_until__lte=timezone.now()).exclude(file="").exclude(state__in=AT_WORK)
    for job in over:
        job.file.delete(save=False)
        if job.state == JobState.CHECKED:
            job.state, job.ended_at = JobState.DROPPED, timezone.now()
        job.save(update_fields=["file", "state", "ended_at"])
    return len(over)


def _keep(job: ArchiveJob, path: Path) -> None:
    with path.open("rb") as file:
        job.file.save("archive.ndjson", File(file), save=False)


@contextmanager
def _at_hand(job: ArchiveJob) -> Iterator[Path]:
    """The job's file as one on this machine, wherever it is stored."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        with job.file.open("rb") as stored, path.open("wb") as file:
            shutil.copyfileobj(stored, file, 1 << 20)
        yield path
