from django.db import models
from django.db.models import Q


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
