"""The first replies of a scope, channel by channel: what the charts of a page share, asked for once."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F

from metrics.cards import group_of
from metrics.kpis import KPIS
from metrics.measures import Figure, Lengths, Share, over
from metrics.scope import Group, Scope
from metrics.together import Place, Told, split


@dataclass(frozen=True, slots=True)
class Due:
    """First-reply targets that fell due on a channel, all of one length in one clock."""

    channel: str
    target: int  # seconds
    clock: str
    count: int
    met: int


@dataclass(frozen=True)
class FirstReplies:
    scope: Scope
    before: Scope | None

    @property
    def lengths(self) -> Lengths:
        measure = KPIS["first_response_time"].measure(self.scope)
        assert isinstance(measure, Lengths)
        return measure

    @cached_property
    def _found(self) -> tuple[Told, dict[Place, Figure]]:
        measures = {("first_response_time", ""): self.lengths}
        return split(measures, self.scope, self.before, (Group.CHANNEL, group_of(self.scope)))

    @property
    def told(self) -> Told:
        return self._found[0]

    @property
    def by_channel(self) -> dict[Place, Figure]:
        """Of each channel, whole and by day: whether it is now, the channel, the day or None."""
        return self._found[1]

    @cached_property
    def due(self) -> list[Due]:
        measure = KPIS["first_response_within_target"].measure(self.scope)
        assert isinstance(measure, Share)
        rows = measure.counted(self.scope).order_by().values("target", "clock", channel=F("facts__channel_kind"))
        return [Due(**row) for row in rows.annotate(count=Count("pk"), met=Count("pk", filter=measure.hit))]

    @property
    def kept(self) -> dict[str, float | None]:
        """The percentage of the targets of each channel that was met."""
        channels = {one.channel for one in self.due}
        return {channel: share_met(one for one in self.due if one.channel == channel) for channel in channels}


def share_met(due: Iterable[Due]) -> float | None:
    """The percentage of targets that was met."""
    rows = list(due)
    return over(100 * sum(one.met for one in rows), sum(one.count for one in rows))
