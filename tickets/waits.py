"""Who waited for an answer, and how long: read from what was said, nothing else (KPIS 4.1 to 4.3). Pure.

said = [Said(*row) for row in Message.objects.filter(...).order_by("at", "pk").values_list(*Said._fields)]
waits(said, opened_by_customer=True)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

UNREACHED = frozenset({"failed", "cancelled"})  # deliveries that never got to the customer


class Said(NamedTuple):
    """One message, as far as waiting is concerned. `author`, `delivery`: the values of Message's choices.

    A call that a person picked up (event `answered`) is passed as a message of that agent, with pk 0.
    """

    at: datetime
    pk: int
    author: str
    user_id: int | None = None
    automatic: bool = False
    public: bool = True
    delivery: str = ""
    side_id: int | None = None
    thanks: bool = False

    @property
    def asks(self) -> bool:
        """Whether a customer wants an answer to it: robots and third parties do not."""
        said = self.author == "customer" and self.public and self.side_id is None
        return said and not self.automatic and not self.thanks

    @property
    def answers(self) -> bool:
        """A human reply: public, by an agent, not failed nor taken back. Rules, bots and notes never are."""
        said = self.author == "agent" and self.public and not self.automatic and self.side_id is None
        return said and self.delivery not in UNREACHED


@dataclass(frozen=True, slots=True)
class Wait:
    """From the earliest customer message not yet answered to the next human reply; still running without one."""

    start: datetime
    asked: Said
    reply: Said | None
    first: bool  # the wait for the first reply, which tickets that an agent started do not have

    @property
    def end(self) -> datetime | None:
        return self.reply.at if self.reply else None


def waits(said: Iterable[Said], *, opened_by_customer: bool = True, until: datetime | None = None) -> list[Wait]:
    """The waits of a conversation in order; only the last may be running.

    `said` is ordered by (at, pk). What lies after `until` (a reply scheduled for tomorrow) has not been said yet.
    """
    found: list[Wait] = []
    asked: Said | None = None
    first = opened_by_customer
    for one in said:
        if until is not None and one.at > until:
            break
        if one.asks:
            asked = asked or one
        elif one.answers:
            if asked is not None:
                found.append(Wait(asked.at, asked, one, first))
            asked, first = None, False
    if asked is not None:
        found.append(Wait(asked.at, asked, None, first))
    return found


def start_of(said: Iterable[Said], *, opened_at: datetime, opened_by_customer: bool = True) -> datetime:
    """When a ticket began: its first customer message; its opening if an agent (or a robot) started it.

    After a merge take the earliest start of the merged tickets.
    """
    if not opened_by_customer:
        return opened_at
    return next((one.at for one in said if one.asks), opened_at)


def human_replies(said: Iterable[Said], *, until: datetime | None = None) -> list[Said]:
    """What agents answered, in order; calls picked up (pk 0) are no replies."""
    return [one for one in said if one.answers and one.pk and (until is None or one.at <= until)]
