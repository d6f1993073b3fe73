"""A ticket says when it was answered last before its opening and first after it: who was left without needs no waits."""

from django.db import migrations, models

FILL = """
UPDATE metrics_ticketfacts facts SET answered_before_at = told.before, answered_after_at = told.after
FROM (
    SELECT facts_id, max(ended_at) FILTER (WHERE ended_at < opened_at) AS before,
        min(ended_at) FILTER (WHERE ended_at >= opened_at) AS after
    FROM metrics_waitfact JOIN metrics_ticketfacts ON ticket_id = facts_id
    WHERE ended_at IS NOT NULL GROUP BY facts_id
) told
WHERE facts.ticket_id = told.facts_id;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0012_merges_to_the_end")]
    operations = [
        migrations.RemoveIndex("ticketfacts", "facts_opened"),
        migrations.AddField("ticketfacts", "answered_before_at", models.DateTimeField(null=True)),
        migrations.AddField("ticketfacts", "answered_after_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "ticketfacts",
            models.Index(
                fields=["opened_at"],
                include=[
                    "ticket", "shop", "excluded", "by_customer", "about_order", "channel_kind", "reason",
                    "abandoned_at", "answered_before_at", "answered_after_at",
                ],
                name="facts_opened",
            ),
        ),
    ]  # fmt: skip
