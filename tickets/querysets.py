"""Reading tickets in sentences: Ticket.objects.live().unassigned().overdue()."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Role, User

if TYPE_CHECKING:
    from tickets.models import Ticket  # noqa: F401 (named in a string)

# The numbers of all that was merged into a ticket, and into that, the newest first. UNION ends where merges run in a
# circle.
_BELOW = """ARRAY(
    WITH RECURSIVE below(id) AS (
        SELECT one.id FROM tickets_ticket one WHERE one.merged_into_id = tickets_ticket.id
        UNION
        SELECT one.id FROM tickets_ticket one JOIN below ON one.merged_into_id = below.id
    )
    SELECT id FROM below WHERE id <> tickets_ticket.id ORDER BY id DESC
)"""
_NUMBERS: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField())
ABSORBED = RawSQL(_BELOW, [], output_field=_NUMBERS)  # noqa: S611 (no value in it)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """What this user may know of. Managers and admins all; agents and leads what is theirs, their teams' or
        nobody's; partners only what is theirs or their teams'; anybody else nothing."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.role in (Role.MANAGER, Role.ADMIN):
            return self
        # An id list costs one small query; an OR over a join would cost every page its index.
        teams = user.team_ids()
        mine = Q(assignee=user) | Q(team__in=teams)
        return self.filter(mine if user.role == Role.PARTNER else mine | Q(team=None))

    def live(self) -> "TicketQuerySet":
        return self.filter(is_live=True)

    def present(self) -> "TicketQuerySet":
        """All but spam, deleted and merged-away tickets."""
        return self.filter(spam=False, deleted_at=None, merged_into=None)

    def unassigned(self) -> "TicketQuerySet":
        return self.filter(assignee=None)

    def assigned_to(self, user: User) -> "TicketQuerySet":
        return self.filter(assignee=user)

    def waiting(self) -> "TicketQuerySet":
        return self.filter(waiting_since__isnull=False)

    def overdue(self, at: datetime | None = None) -> "TicketQuerySet":
        return self.live().filter(due_at__lt=at or timezone.now())

    def soonest_due_first(self) -> "TicketQuerySet":
        """What must be answered next on top; what waits for nobody below, the newest first."""
        return self.order_by(F("due_at").asc(nulls_last=True), "-id")

    def after(self, due_at: datetime | None, pk: int) -> "TicketQuerySet":
        """The rows that follow (due_at, pk) in the order of `soonest_due_first`: keyset paging."""
        if due_at is None:
            return self.filter(due_at=None, id__lt=pk)
        return self.filter(Q(due_at__gt=due_at) | Q(due_at=due_at, id__lt=pk) | Q(due_at=None))

    def locked(self) -> "TicketQuerySet":
        return self.select_for_update(of=("self",))


def sight(user: User) -> tuple[object, ...]:
    """All of a user that `visible_to` looks at: whose sight is the same may know of the same tickets."""
    return user.pk, user.is_active, user.role, *user.team_ids()
