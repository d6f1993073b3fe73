"""What a figure is asked about."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from accounts.models import Shop, Team, User
from metrics.windows import Window
from tickets.models import Reason
from tickets.models.sla import Clock


class Group(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CHANNEL = "channel"
    AGENT = "agent"
    REASON = "reason"

    @property
    def is_time(self) -> bool:
        return self in (Group.DAY, Group.WEEK, Group.MONTH)


@dataclass(frozen=True, slots=True)
class Scope:
    """A window, a clock and filters. `agent` narrows to whom the figure is credited (KPIS 4.7)."""

    window: Window
    clock: str = Clock.CALENDAR
    shop: Shop | None = None
    channel: str = ""
    team: Team | None = None
    agent: User | None = None
    reason: Reason | None = None
    product: str = ""  # the number (sku) of one that an order of the ticket holds

    def column(self, name: str) -> str:
        """The facts' column of a length, in the clock asked for."""
        return f"{name}_open_us" if self.clock == Clock.BUSINESS else f"{name}_us"

    @property
    def filtered(self) -> bool:
        """Narrower than a shop."""
        return bool(self.channel or self.team or self.agent or self.reason or self.product)

    def previous(self) -> "Scope":
        return replace(self, window=self.window.previous())

    @property
    def end(self) -> datetime:
        """The end of the window, or now while it is running: the moment of what is counted at a moment."""
        return min(self.window.end, timezone.now())
