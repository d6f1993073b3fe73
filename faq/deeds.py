"""What a shopper can do at once instead of reading: shown above the articles while they type."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from faq import addresses, search
from faq.spelling import fold


@dataclass(frozen=True)
class Deed:
    label: str | Promise
    hint: str | Promise
    icon: str
    url: str


# What the words begin with, in any language: folded, so without accents.
TRACKING = ("suiv", "suivi", "colis", "livrais", "track", "parcel", "deliver", "shipping", "retard", "late")
RETURNING = ("retour", "renvo", "echang", "return", "exchang")
CHANGING = ("annul", "modif", "cancel", "change")
KNOWN = (
    (RETURNING, _("Start a return or an exchange"), _("with the order number"), "back"),
    (TRACKING, _("See where an order is"), _("with the order number"), "truck"),
    (CHANGING, _("Cancel or change an order"), _("until it is packed"), "bag"),
)


def matching(shop: Shop, text: str) -> list[Deed]:
    """What these words ask to be done; each leads to the order pages."""
    words = [fold(word) for word in search.words_of(text)]
    orders = f"{addresses.home(shop)}orders/"
    return [
        Deed(label, hint, icon, orders)
        for beginnings, label, hint, icon in KNOWN
        if any(word.startswith(beginnings) for word in words)
    ]
