"""Whether a message is only a thank-you decides whether anybody waits: marking or unmarking one queues its ticket."""

from django.db import migrations

TRIGGER = """
CREATE OR REPLACE TRIGGER metrics_changed
  AFTER UPDATE OF at, author, user_id, public, automatic, side_id, ticket_id, delivery{column}
  ON tickets_message FOR EACH ROW
  WHEN (OLD.at <> NEW.at OR OLD.author <> NEW.author OR OLD.user_id IS DISTINCT FROM NEW.user_id
    OR OLD.public <> NEW.public OR OLD.automatic <> NEW.automatic OR OLD.side_id IS DISTINCT FROM NEW.side_id
    OR OLD.ticket_id <> NEW.ticket_id{changed}
    OR (OLD.delivery IN ('failed', 'cancelled')) <> (NEW.delivery IN ('failed', 'cancelled')))
  EXECUTE FUNCTION metrics_queue_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0007_came_back"), ("tickets", "0011_automation")]
    operations = [
        migrations.RunSQL(
            TRIGGER.format(column=", thanks", changed=" OR OLD.thanks <> NEW.thanks"),
            TRIGGER.format(column="", changed=""),
        )
    ]
