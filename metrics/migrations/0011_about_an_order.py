"""Whether a ticket is about an order is read off its facts; indexes hold what waits and spans are asked for."""

from django.db import migrations, models

FILL = """
UPDATE metrics_ticketfacts SET about_order = true WHERE ticket_id IN (SELECT ticket_id FROM tickets_ticket_orders);
"""
QUEUE = """
CREATE TRIGGER metrics_new AFTER INSERT ON tickets_ticket_orders
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION metrics_queue_new();
CREATE TRIGGER metrics_changed AFTER UPDATE OR DELETE ON tickets_ticket_orders
  FOR EACH ROW EXECUTE FUNCTION metrics_queue_changed();
"""
UNQUEUE = """
DROP TRIGGER metrics_new ON tickets_ticket_orders;
DROP TRIGGER metrics_changed ON tickets_ticket_orders;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0010_order_facts"), ("tickets", "0001_initial")]
    operations = [
        migrations.RemoveIndex("ticketfacts", "facts_opened"),
        migrations.RemoveIndex("waitfact", "wait_ended"),
        migrations.RemoveIndex("waitfact", "wait_running"),
        migrations.RemoveIndex("openspan", "span_ended"),
        migrations.AddField("ticketfacts", "about_order", models.BooleanField(db_default=False)),
        migrations.RunSQL(QUEUE, UNQUEUE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "ticketfacts",
            models.Index(
                fields=["opened_at"],
                include=[
                    "ticket", "shop", "excluded", "by_customer", "about_order", "channel_kind", "reason",
                    "abandoned_at",
                ],
                name="facts_opened",
            ),
        ),
        migrations.AddIndex(
            "waitfact",
            models.Index(
                fields=["ended_at"],
                include=["facts", "shop", "counted", "wait_us", "wait_open_us", "started_at"],
                condition=models.Q(ended_at__isnull=False),
                name="wait_ended",
            ),
        ),
        migrations.AddIndex(
            "waitfact",
            models.Index(
                fields=["started_at"],
                include=["facts", "shop", "counted"],
                condition=models.Q(ended_at=None),
                name="wait_running",
            ),
        ),
        migrations.AddIndex(
            "openspan",
            models.Index(
                fields=["ended_at"],
                include=["id", "shop", "counted", "solved", "reopened_us"],
                condition=models.Q(ended_at__isnull=False),
                name="span_ended",
            ),
        ),
    ]  # fmt: skip
