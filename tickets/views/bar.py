"""The bar over a list: what it is narrowed to, and the menus that narrow or order it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from channels_app.models import ChannelKind
from tickets.views.filters import FILTERS
from tickets.views.listing import Listing
from tickets.views.queues import DEFAULT


@dataclass(frozen=True)
class Choice:
    """An entry of a menu, or a chip whose address is the list without it."""

    label: str
    url: str
    current: bool = False
    icon: str = ""


def bar(shown: Listing) -> dict[str, Any]:
    """`chips`, `channel_menu`, `order_menu`; `narrowed` is what the channel menu's button says."""
    kinds, every = shown.filters.get("channel", []), f"/{shown.address(channel=None)}"
    return {
        "chips": chips(shown),
        "channel_menu": tuple(
            Choice(str(label), f"{every}&channel={kind}", kind in kinds, kind) for kind, label in ChannelKind.choices
        ),
        "every_channel": Choice(_("All channels"), every, not kinds),
        "order_menu": tuple(
            Choice(str(one.label), f"/{shown.address(order=one.key)}", one is shown.ordering)
            for one in shown.queue.orderings
        ),
        "without_filters": f"/?view={shown.queue.key if not shown.words else DEFAULT}",
    }


def chips(shown: Listing) -> list[Choice]:
    """One chip for each filter in force."""
    return [
        Choice(_spoken(name, values, shown.user), f"/{shown.address(**{name: None})}")
        for name, values in shown.filters.items()
    ]


def _spoken(name: str, values: list[str], user: User) -> str:
    found = FILTERS[name]
    if found.choices is None:
        return str(found.label)
    return f"{found.label}: {', '.join(found.words(value, user) for value in values)}"
