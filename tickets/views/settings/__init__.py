"""The settings pages: one list, shown at the side of each."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from accounts.access import may
from accounts.http import Request
from accounts.models import User


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the settings: its words, the name of its address, its icon, what one must be allowed to do, and the
    heading under which it stands."""

    label: Words | str
    url_name: str
    icon: str
    policy: str = "settings.write"
    group: Words | str = ""


HOUSE = _("House")
TIME, WORK, DEVELOPERS = _("Time and promises"), _("Work"), _("Developers")
# Pages with one heading stand together.
PAGES = [
    Page(_("Setup"), "settings-setup", "checks", group=HOUSE),
    Page(_("Shops"), "settings-shops", "shop", group=HOUSE),
    Page(_("Channels"), "settings-channels", "inbox", group=HOUSE),
    Page(_("People"), "settings-people", "user", group=HOUSE),
    Page(_("Teams"), "settings-teams", "users", group=HOUSE),
    Page(_("Archive"), "settings-archive", "box", "archive.move", HOUSE),
    Page(_("Opening hours"), "settings-hours", "clock", "hours.write", TIME),
    Page(_("Reply targets"), "settings-sla", "ring", group=TIME),
    Page(_("Rules"), "settings-rules", "bolt", group=WORK),
    Page(_("Macros"), "settings-macros", "note", "macro.write", group=WORK),
    Page(_("Help centre"), "articles", "book", "articles.write", group=WORK),  # it leads out of the settings
    Page(_("Reasons"), "settings-reasons", "layers", group=WORK),
    Page(_("Tags"), "settings-tags", "tag", group=WORK),
    Page(_("Fields"), "settings-fields", "form", group=WORK),
    Page(_("Orders"), "settings-orders", "bag", group=WORK),
    Page(_("Desk"), "settings-desk", "inbox", group=WORK),
    Page(_("Webhooks"), "settings-webhooks", "link", group=DEVELOPERS),
    Page(_("API tokens"), "settings-tokens", "key", group=DEVELOPERS),
]


def pages_of(user: User) -> list[Page]:
    """The pages that this user may open."""
    return [page for page in PAGES if may(user, page.policy)]


def shell(request: Request, current: str) -> dict[str, Any]:
    """The context of templates/settings.html: the pages that this user may open, `current` by its address's name."""
    return {"settings_pages": pages_of(request.user), "current_page": current}
