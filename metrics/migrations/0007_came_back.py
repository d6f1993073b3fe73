from django.db import migrations, models

FILL = """
UPDATE metrics_ticketfacts one SET came_back = true
WHERE one.first_solved_at IS NOT NULL AND (EXISTS (
    SELECT FROM metrics_ticketfacts another
    WHERE another.customer_id = one.customer_id AND another.reason_id IS NOT DISTINCT FROM one.reason_id
      AND another.excluded = '' AND another.by_customer
      AND another.opened_at > one.first_solved_at
      AND another.opened_at <= one.first_solved_at + interval '168 hours'
) OR EXISTS (
    SELECT FROM metrics_openspan span
    WHERE span.facts_id = one.ticket_id AND span.ended_at = one.first_solved_at
      AND span.reopened_us * interval '1 microsecond' <= interval '168 hours'
))
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0006_figures_read_indexes")]
    operations = [
        migrations.RemoveIndex("ticketfacts", "facts_first"),
        migrations.AddField("ticketfacts", "came_back", models.BooleanField(db_default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "ticketfacts",
            models.Index(
                fields=["first_solved_at"],
                include=[
                    "ticket", "shop", "excluded", "first_resolution_us", "first_resolution_open_us", "came_back",
                ],
                condition=models.Q(first_solved_at__isnull=False),
                name="facts_first",
            ),
        ),
    ]  # fmt: skip
