"""Whatever changes a ticket's figures queues it, in the same transaction, whoever writes: actions, archive, bulk load."""

from django.db import migrations

QUEUE = """
CREATE FUNCTION metrics_queue_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) SELECT DISTINCT ticket_id FROM fresh;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_new_tickets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) SELECT id FROM fresh;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) VALUES (OLD.ticket_id);
  IF TG_OP = 'UPDATE' AND NEW.ticket_id <> OLD.ticket_id THEN
    INSERT INTO metrics_dirtyticket (ticket_id) VALUES (NEW.ticket_id);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_changed_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) VALUES (NEW.id);
  IF OLD.merged_into_id IS NOT NULL AND OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id THEN
    INSERT INTO metrics_dirtyticket (ticket_id) VALUES (OLD.merged_into_id);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_shop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) SELECT id FROM tickets_ticket
    WHERE shop_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.shop_id ELSE NEW.shop_id END;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) SELECT t.id FROM tickets_ticket t
    JOIN customers_customer c ON c.id = t.customer_id WHERE NEW.id IN (c.id, c.merged_into_id);
  RETURN NULL;
END $$;

CREATE TRIGGER metrics_changed AFTER UPDATE OF merged_into_id ON customers_customer FOR EACH ROW
  WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION metrics_queue_customer();
CREATE TRIGGER metrics_new AFTER INSERT ON hours_calendar
  FOR EACH ROW WHEN (NEW."default") EXECUTE FUNCTION metrics_queue_shop();
CREATE TRIGGER metrics_gone AFTER DELETE ON hours_calendar
  FOR EACH ROW WHEN (OLD."default") EXECUTE FUNCTION metrics_queue_shop();
CREATE TRIGGER metrics_changed AFTER UPDATE ON hours_calendar FOR EACH ROW
  WHEN ((OLD."default" OR NEW."default") AND ROW(OLD."default", OLD.shop_id, OLD.timezone, OLD.weekly, OLD.exceptions,
    OLD.holidays, OLD.campaigns, OLD.stamp) IS DISTINCT FROM ROW(NEW."default", NEW.shop_id, NEW.timezone, NEW.weekly,
    NEW.exceptions, NEW.holidays, NEW.campaigns, NEW.stamp))
  EXECUTE FUNCTION metrics_queue_shop();
CREATE TRIGGER metrics_new AFTER INSERT ON tickets_event
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION metrics_queue_new();
CREATE TRIGGER metrics_new AFTER INSERT ON tickets_message
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION metrics_queue_new();
CREATE TRIGGER metrics_new AFTER INSERT ON tickets_ticket
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION metrics_queue_new_tickets();
CREATE TRIGGER metrics_changed AFTER UPDATE OF at, author, user_id, public, automatic, side_id, ticket_id, delivery
  ON tickets_message FOR EACH ROW
  WHEN (OLD.at <> NEW.at OR OLD.author <> NEW.author OR OLD.user_id IS DISTINCT FROM NEW.user_id
    OR OLD.public <> NEW.public OR OLD.automatic <> NEW.automatic OR OLD.side_id IS DISTINCT FROM NEW.side_id
    OR OLD.ticket_id <> NEW.ticket_id
    OR (OLD.delivery IN ('failed', 'cancelled')) <> (NEW.delivery IN ('failed', 'cancelled')))
  EXECUTE FUNCTION metrics_queue_changed();
CREATE TRIGGER metrics_changed AFTER UPDATE OF at, kind, data, ticket_id OR DELETE ON tickets_event
  FOR EACH ROW EXECUTE FUNCTION metrics_queue_changed();
CREATE TRIGGER metrics_gone AFTER DELETE ON tickets_message
  FOR EACH ROW EXECUTE FUNCTION metrics_queue_changed();
CREATE TRIGGER metrics_changed AFTER UPDATE ON tickets_ticket FOR EACH ROW
  WHEN (OLD.shop_id <> NEW.shop_id OR OLD.customer_id <> NEW.customer_id OR OLD.channel_kind <> NEW.channel_kind
    OR OLD.team_id IS DISTINCT FROM NEW.team_id OR OLD.reason_id IS DISTINCT FROM NEW.reason_id
    OR OLD.assignee_id IS DISTINCT FROM NEW.assignee_id OR OLD.opened_at <> NEW.opened_at
    OR OLD.opened_by_customer <> NEW.opened_by_customer OR OLD.is_test <> NEW.is_test OR OLD.spam <> NEW.spam
    OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
  EXECUTE FUNCTION metrics_queue_changed_ticket();

INSERT INTO metrics_dirtyticket (ticket_id) SELECT id FROM tickets_ticket;
"""
UNQUEUE = """
DROP FUNCTION metrics_queue_new CASCADE;
DROP FUNCTION metrics_queue_new_tickets CASCADE;
DROP FUNCTION metrics_queue_changed CASCADE;
DROP FUNCTION metrics_queue_changed_ticket CASCADE;
DROP FUNCTION metrics_queue_shop CASCADE;
DROP FUNCTION metrics_queue_customer CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_facts"), ("tickets", "0004_desk_time_and_rules"), ("hours", "0002_versions")]
    operations = [migrations.RunSQL(QUEUE, UNQUEUE)]
