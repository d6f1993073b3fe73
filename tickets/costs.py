"""What making up for our faults costs, by cause (S50, S143): only what was approved, of live tickets and old ones."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.db.models.functions import Lower, Trim

from tickets.models import Compensation


@dataclass(frozen=True, slots=True)
class Cost:
    """The sum given for one cause in one currency."""

    cause: str  # "" where nobody wrote it down
    amount: Decimal
    currency: str
    times: int


def by_cause(since: datetime, until: datetime) -> list[Cost]:
    """The dearest first. Causes written alike, but for capitals and blanks, are one; test tickets cost nothing."""
    given = Compensation.objects.filter(approved_at__gte=since, approved_at__lt=until, ticket__is_test=False)
    rows = given.annotate(why=Lower(Trim(F("cause")))).order_by().values("why", "currency")
    sums = rows.annotate(total=Sum("amount"), times=Count("pk")).order_by("-total", "why", "currency")
    return [Cost(row["why"], row["total"], row["currency"], row["times"]) for row in sums]
