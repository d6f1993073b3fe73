"""Who was merged into somebody who was merged, and so on: a merge anywhere above queues their tickets."""

from django.db import migrations

QUEUE = """
CREATE OR REPLACE FUNCTION metrics_queue_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id)
    WITH RECURSIVE below(id) AS (
      SELECT NEW.id UNION SELECT c.id FROM customers_customer c JOIN below ON c.merged_into_id = below.id
    ) SELECT t.id FROM tickets_ticket t JOIN below ON below.id = t.customer_id;
  RETURN NULL;
END $$;
INSERT INTO metrics_dirtyticket (ticket_id)
  SELECT t.id FROM tickets_ticket t JOIN customers_customer c ON c.id = t.customer_id WHERE c.merged_into_id IS NOT NULL;
INSERT INTO metrics_dirtycustomer (customer_id) SELECT id FROM customers_customer WHERE merged_into_id IS NOT NULL;
"""
UNQUEUE = """
CREATE OR REPLACE FUNCTION metrics_queue_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtyticket (ticket_id) SELECT t.id FROM tickets_ticket t
    JOIN customers_customer c ON c.id = t.customer_id WHERE NEW.id IN (c.id, c.merged_into_id);
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0011_about_an_order")]
    operations = [migrations.RunSQL(QUEUE, UNQUEUE)]
