from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """An app of its own for the one table that remembers what has been imported (docs/adr/0008)."""

    name = "metrics.archive"
    label = "archive"
