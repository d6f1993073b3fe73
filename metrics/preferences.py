"""What a shop may decide about its figures."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Shop
from channels_app.models import ChannelKind
from helpdesk.lib.refused import Refused
from metrics.models import FigureSettings

FIELDS = (
    "active_days", "revenue_days", "hour_cost", "reply_minutes", "relevant_channels", "leaderboard",
    "leaderboard_least",
)  # fmt: skip


@transaction.atomic
def change_settings(shop: Shop, **values: Any) -> FigureSettings:
    """Keep these of FIELDS. Raises Refused, naming the field, for a value out of bounds or an unknown channel."""
    kept = FigureSettings.objects.select_for_update().filter(shop=shop).first() or FigureSettings(shop=shop)
    for name in FIELDS:
        setattr(kept, name, values.get(name, getattr(kept, name)))
    if unknown := set(kept.relevant_channels) - set(ChannelKind.values):
        raise Refused("relevant_channels", _("There is no such channel: %(name)s") % {"name": min(unknown)})
    try:
        kept.clean_fields(exclude=["shop"])
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise Refused(field, words[0]) from error
    kept.save()
    return kept
