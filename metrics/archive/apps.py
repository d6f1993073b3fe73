from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """An app of its own for what has been imported and what the page was asked for (docs/adr/0008)."""

    name = "metrics.archive"
    label = "archive"
