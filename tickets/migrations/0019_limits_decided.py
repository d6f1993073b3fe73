from django.db import migrations, models

# What nobody has changed was never decided: the setup asks for it.
UNTOUCHED = """
UPDATE tickets_desksettings SET compensation_limits = '{}'
WHERE compensation_limits =
    '{"agent": "30.00", "lead": "100.00", "manager": "500.00", "admin": "5000.00", "partner": "0.00"}'::jsonb
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_notification_of_many")]
    operations = [
        migrations.AlterField("desksettings", "compensation_limits", models.JSONField(blank=True, default=dict)),
        migrations.RunSQL(UNTOUCHED, migrations.RunSQL.noop),
    ]
