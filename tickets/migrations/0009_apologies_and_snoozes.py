import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_blocked_senders")]

    operations = [
        migrations.AddField(
            model_name="promise",
            name="apology",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tickets.message"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["snoozed_until"], condition=Q(("snoozed_until__isnull", False)), name="ticket_snoozed"
            ),
        ),
    ]
