from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, User


def archive_path(job: "ArchiveJob", name: str) -> str:
    """Where a job's file stands: no name of the sender's is ever part of a path."""
    return f"archives/{job.token}/archive.ndjson"


class ArchiveLine(models.Model):
    """A line that has been imported: what makes a second import a no-op and an interrupted one resume.

    `digest` is that of the line's bytes; written in the transaction that stores the line. `pending`: a ticket whose
    merges and deadlines are still to do. `extra` keeps the unknown fields of what has no place for them.
    """

    type = models.CharField(max_length=12)
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=16)
    pending = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "key"], name="archive_line_once")]
        indexes = [models.Index(fields=["id"], condition=Q(pending=True), name="archive_line_pending")]

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class JobState(models.TextChoices):
    """What a worker has to do next (the first four), or how it ended."""

    CONVERTING = "converting", _("being converted")
    CHECKING = "checking", _("being checked")
    IMPORTING = "importing", _("being imported")
    EXPORTING = "exporting", _("being written")
    CHECKED = "checked", _("checked, nothing changed yet")
    DONE = "done", _("done")
    DROPPED = "dropped", _("given up")
    FAILED = "failed", _("failed")


AT_WORK = (JobState.CONVERTING, JobState.CHECKING, JobState.IMPORTING, JobState.EXPORTING)


class ArchiveJob(models.Model):
    """An import or export asked for on the page. Its file is forgotten; the row stays and says who moved what.

    `source` is a kind of metrics.archive.converters, "" for our own archive. `report`: what the last check or import
    said, as in metrics.archive.reports. `failed_at` is the state in which it failed; `tries` counts the workers that
    took that state up.
    """

    token = models.UUIDField(unique=True)
    is_export = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    source = models.CharField(max_length=12, blank=True)
    shop = models.ForeignKey(Shop, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to=archive_path, max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=JobState.choices)
    failed_at = models.CharField(max_length=12, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    files_until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(state__in=AT_WORK), name="archive_job_at_work")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK
