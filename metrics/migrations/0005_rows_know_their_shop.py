from django.db import migrations, models
from django.db.models.deletion import CASCADE

FILL = """
UPDATE metrics_waitfact row SET shop_id = facts.shop_id, counted = facts.excluded = ''
FROM metrics_ticketfacts facts WHERE facts.ticket_id = row.facts_id;
UPDATE metrics_openspan row SET shop_id = facts.shop_id, counted = facts.excluded = ''
FROM metrics_ticketfacts facts WHERE facts.ticket_id = row.facts_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def shop(*, null: bool) -> models.ForeignKey:
    return models.ForeignKey(
        "accounts.shop", CASCADE, db_constraint=False, db_index=False, null=null, related_name="+"
    )


class Migration(migrations.Migration):
    dependencies = [("metrics", "0004_costs_and_rewards"), ("accounts", "0001_initial")]
    operations = [
        *(migrations.AddField(model, "shop", shop(null=True)) for model in ("waitfact", "openspan")),
        *(migrations.AddField(model, "counted", models.BooleanField(null=True)) for model in ("waitfact", "openspan")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        *(migrations.AlterField(model, "shop", shop(null=False)) for model in ("waitfact", "openspan")),
        *(migrations.AlterField(model, "counted", models.BooleanField()) for model in ("waitfact", "openspan")),
    ]
