"""Who was active and what support sold is told order by order; whatever changes an order queues its customer."""

from django.db import migrations, models
from django.db.models.deletion import CASCADE

QUEUE = """
CREATE FUNCTION metrics_queue_new_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtycustomer (customer_id) SELECT DISTINCT customer_id FROM fresh;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_changed_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtycustomer (customer_id) VALUES (OLD.customer_id);
  IF TG_OP = 'DELETE' THEN
    DELETE FROM metrics_orderfact WHERE order_id = OLD.id;
  ELSIF NEW.customer_id <> OLD.customer_id THEN
    INSERT INTO metrics_dirtycustomer (customer_id) VALUES (NEW.customer_id);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION metrics_queue_merged_buyer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO metrics_dirtycustomer (customer_id)
    SELECT id FROM unnest(ARRAY[NEW.id, OLD.merged_into_id, NEW.merged_into_id]) id WHERE id IS NOT NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER metrics_new AFTER INSERT ON customers_order
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION metrics_queue_new_orders();
CREATE TRIGGER metrics_changed AFTER UPDATE ON customers_order FOR EACH ROW
  WHEN (OLD.customer_id <> NEW.customer_id OR OLD.shop_id <> NEW.shop_id OR OLD.placed_at <> NEW.placed_at
    OR OLD.status <> NEW.status OR OLD.total <> NEW.total OR OLD.currency <> NEW.currency)
  EXECUTE FUNCTION metrics_queue_changed_order();
CREATE TRIGGER metrics_gone AFTER DELETE ON customers_order
  FOR EACH ROW EXECUTE FUNCTION metrics_queue_changed_order();
CREATE TRIGGER metrics_buyer_changed AFTER UPDATE OF merged_into_id ON customers_customer FOR EACH ROW
  WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION metrics_queue_merged_buyer();
"""
UNQUEUE = """
DROP FUNCTION metrics_queue_new_orders CASCADE;
DROP FUNCTION metrics_queue_changed_order CASCADE;
DROP FUNCTION metrics_queue_merged_buyer CASCADE;
"""
FILL = """
INSERT INTO metrics_orderfact (order_id, shop_id, placed_at, currency, paid, first_at, next_at, first_here_at,
    next_here_at, helped_at)
SELECT bought.id, shop_id, placed_at, currency,
    CASE WHEN status NOT IN ('cancelled', 'canceled', 'refunded', 'voided') THEN total END,
    first_value(placed_at) OVER own, lead(placed_at) OVER own,
    first_value(placed_at) OVER here, lead(placed_at) OVER here, (
        SELECT max(helped.opened_at) FROM metrics_ticketfacts helped
        WHERE helped.customer_id = root AND helped.opened_at <= placed_at
          AND helped.excluded = '' AND helped.replies > 0
    )
FROM customers_order bought JOIN (
    SELECT one.id, coalesce(above.merged_into_id, one.merged_into_id, one.id) AS root
    FROM customers_customer one LEFT JOIN customers_customer above ON above.id = one.merged_into_id
) buyer ON buyer.id = bought.customer_id
WINDOW own AS (PARTITION BY root ORDER BY placed_at, bought.id),
    here AS (PARTITION BY root, shop_id ORDER BY placed_at, bought.id);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("metrics", "0009_checks"),
        ("customers", "0005_orders_of_a_shop_by_date"),
        ("accounts", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            "DirtyCustomer",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.CreateModel(
            "OrderFact",
            [
                (
                    "order",
                    models.OneToOneField(
                        "customers.order", CASCADE, primary_key=True, serialize=False, related_name="+"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        "accounts.shop", CASCADE, db_constraint=False, db_index=False, related_name="+"
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("currency", models.CharField(max_length=3)),
                ("paid", models.DecimalField(max_digits=12, decimal_places=2, null=True)),
                ("first_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("first_here_at", models.DateTimeField()),
                ("next_here_at", models.DateTimeField(null=True)),
                ("helped_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(QUEUE, UNQUEUE),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "orderfact",
            models.Index(
                fields=["placed_at"],
                include=[
                    "shop", "currency", "paid", "first_at", "next_at", "first_here_at", "next_here_at", "helped_at",
                ],
                name="order_placed",
            ),
        ),
    ]  # fmt: skip
