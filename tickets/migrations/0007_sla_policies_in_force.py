from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_search_triggers")]

    operations = [
        migrations.AddField(
            model_name="slapolicy", name="valid_from", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.RemoveIndex(model_name="deadline", name="deadline_running"),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                fields=["due_at"],
                condition=Q(("breached_at", None), ("state__in", ["running", "missed"])),
                name="deadline_untold",
            ),
        ),
    ]
