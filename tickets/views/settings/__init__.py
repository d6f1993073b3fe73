"""The settings pages: one list, shown at the side of each."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.http import Request
from tickets.views.desk import frame
from tickets.views.listing import listing


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the settings: its words, the name of its address, its icon, and what one must be allowed to do."""

    label: Words | str
    url_name: str
    icon: str
    policy: str = "settings.write"


PAGES = [
    Page(_("Help centre"), "articles", "book", "articles.write"),
    Page(_("Reply targets"), "settings-sla", "clock"),
]


def shell(request: Request, current: str) -> dict[str, Any]:
    """The context of templates/settings.html: the pages that this user may open, `current` by its address's name."""
    pages = [page for page in PAGES if may(request.user, page.policy)]
    return frame(request) | {"settings_pages": pages, "current_page": current, "list": listing(request, size=0)}
