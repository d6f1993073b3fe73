"""Which channels keep hours of their own."""

from collections.abc import Iterable

from django.db import transaction

from channels_app.models import Channel
from hours.models import Calendar


@transaction.atomic
def keep_hours(calendar: Calendar, channels: Iterable[Channel]) -> None:
    """The calendar is these channels' own; those of its shop that kept it before go back to the shop's hours."""
    wanted = [channel.pk for channel in channels]
    Channel.objects.filter(calendar=calendar).exclude(pk__in=wanted).update(calendar=None)
    Channel.objects.filter(pk__in=wanted, shop=calendar.shop_id).update(calendar=calendar)
