"""Sets of policies to begin with: what customers expect (S99), and the levels of the service grade, per channel."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from channels_app.models import ChannelKind
from tickets.models import Clock, SlaPolicy
from tickets.sla import revise

WRITTEN = [ChannelKind.EMAIL, ChannelKind.FORM, ChannelKind.API]
SOCIAL = [ChannelKind.INSTAGRAM, ChannelKind.X, ChannelKind.MESSENGER]
INSTANT = [
    *(ChannelKind.CHAT, ChannelKind.SMS, ChannelKind.WHATSAPP, ChannelKind.TELEGRAM),
    *(ChannelKind.VOICE, ChannelKind.VOICEMAIL),
]
FIRST_PLACE = 100  # after what a shop has written itself


@dataclass(frozen=True, slots=True)
class Preset:
    """Reply times in seconds, day and night, for written, social and instant channels. Just below a bound where
    the level demands less than it."""

    key: str
    name: Words | str
    why: Words | str
    written: int
    social: int
    instant: int


PRESETS = [
    Preset("expected", _("24 h and 1 h"), _("80 % expect an answer within 24 h, 37 % within 1 h"), 86_400, 3600, 3600),
    Preset("level-3", _("Level 3: average"), _("24 h, and 10 min where people wait"), 86_400, 86_400, 600),
    Preset("level-4", _("Level 4: above average"), _("below 4 h, and 5 min where people wait"), 14_399, 14_399, 299),
    Preset("level-5", _("Level 5: stellar"), _("below 1 h, 15 min, and 1 min where people wait"), 3599, 899, 59),
]
NAMES = {"written": _("Written"), "social": _("Social networks"), "instant": _("Instant")}


def policies_of(preset: Preset, shop: Shop) -> list[SlaPolicy]:
    """The policies that a preset would set in this shop, unsaved."""
    groups = {"written": WRITTEN, "social": SOCIAL, "instant": INSTANT}
    return [
        SlaPolicy(
            key=f"{shop.key}-preset-{group}",
            name=f"{NAMES[group]} · {preset.name}"[:120],
            shop=shop,
            position=FIRST_PLACE + place,
            conditions={"channels": [kind.value for kind in kinds]},
            clock=Clock.CALENDAR,
            first_reply=getattr(preset, group),
            next_reply=getattr(preset, group),
        )
        for place, (group, kinds) in enumerate(groups.items())
    ]


@transaction.atomic
def apply(preset: Preset, shop: Shop, *, at: datetime) -> None:
    """Put a preset in force instead of any other; what the shop has written itself comes first."""
    for wanted in policies_of(preset, shop):
        policy = SlaPolicy.objects.filter(key=wanted.key).first() or wanted
        names = ("name", "position", "conditions", "clock", "first_reply", "next_reply")
        revise(policy, {name: getattr(wanted, name) for name in names} | {"active": True}, at=at)
        policy.save()
