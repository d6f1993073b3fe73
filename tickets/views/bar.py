"""The bar over a list: what it is narrowed to, and the menus that narrow or order it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from channels_app.models import ChannelKind
from tickets.views.filters import FILTERS
from tickets.views.listing import Listing
from tickets.views.queues import DEFAULT

CHANNELS = tuple(ChannelKind)


@dataclass(frozen=True)
class Chip:
    """A filter in force; its address is the list without it."""

    label: str
    url: str


def bar(shown: Listing) -> dict[str, Any]:
    """`chips`; what the menus of channels and orders offer, what was chosen there, and the address without it."""
    return {
        "chips": chips(shown),
        "channels": CHANNELS,
        "channels_asked": tuple(shown.filters.get("channel", [])),
        "every_channel": f"/{shown.address(channel=None)}",
        "orderings": tuple(shown.queue.orderings),
        "unordered": f"/{shown.address(order=None)}",
        "without_filters": f"/?view={shown.queue.key if not shown.words else DEFAULT}",
    }


def chips(shown: Listing) -> list[Chip]:
    """One chip for each filter in force."""
    return [
        Chip(_spoken(name, values, shown.user), f"/{shown.address(**{name: None})}")
        for name, values in shown.filters.items()
    ]


def _spoken(name: str, values: list[str], user: User) -> str:
    found = FILTERS[name]
    if found.choices is None:
        return str(found.label)
    return f"{found.label}: {', '.join(found.words(value, user) for value in values)}"
