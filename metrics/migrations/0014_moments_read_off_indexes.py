"""What was open at a moment, and what a target asks of its ticket, is read off indexes alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("metrics", "0013_answered_around_the_opening")]
    operations = [
        migrations.RemoveIndex("openspan", "span_running"),
        migrations.RemoveIndex("openspan", "span_ended"),
        migrations.AddIndex(
            "openspan",
            models.Index(
                fields=["ended_at"],
                include=["id", "shop", "counted", "solved", "reopened_us", "started_at"],
                condition=models.Q(ended_at__isnull=False),
                name="span_ended",
            ),
        ),
        migrations.AddIndex(
            "openspan",
            models.Index(
                fields=["facts"],
                include=["id", "shop", "counted", "started_at", "ended_at"],
                condition=models.Q(ended_at=None),
                name="span_running",
            ),
        ),
        migrations.AddIndex(
            "ticketfacts",
            models.Index(fields=["ticket"], include=["shop", "excluded", "by_customer"], name="facts_at_hand"),
        ),
    ]
