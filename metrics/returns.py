"""Whether a customer came back after the first solve: what a ticket's facts say about that customer's other ones."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import connection

CAME_BACK_WITHIN = timedelta(days=7)
Opening = tuple[int, datetime]  # a customer, and when a ticket of theirs was opened

# `one` was solved: the customer wrote again for the same reason, on any channel, or had it reopened.
AGAIN = """
(EXISTS (
    SELECT FROM metrics_ticketfacts another
    WHERE another.customer_id = one.customer_id AND another.reason_id IS NOT DISTINCT FROM one.reason_id
      AND another.excluded = '' AND another.by_customer
      AND another.opened_at > one.first_solved_at AND another.opened_at <= one.first_solved_at + interval '168 hours'
) OR EXISTS (
    SELECT FROM metrics_openspan span
    WHERE span.facts_id = one.ticket_id AND span.ended_at = one.first_solved_at
      AND span.reopened_us * interval '1 microsecond' <= interval '168 hours'
))
"""
JUDGE = f"""
UPDATE metrics_ticketfacts solved SET came_back = NOT solved.came_back
FROM metrics_ticketfacts one
WHERE solved.ticket_id = one.ticket_id AND one.first_solved_at >= %(since)s
  AND (%(customers)s::bigint[] IS NULL OR one.customer_id = ANY(%(customers)s)) AND one.came_back <> {AGAIN}
"""  # noqa: S608
WRONG = f"""
SELECT ticket_id, came_back FROM metrics_ticketfacts one
WHERE ticket_id = ANY(%(ids)s) AND first_solved_at IS NOT NULL AND came_back <> {AGAIN} ORDER BY ticket_id
"""  # noqa: S608


def judge(openings: Collection[Opening]) -> None:
    """Look again at what these customers had solved shortly before the first of these openings, and since then."""
    if openings:
        since = min(opened_at for _customer, opened_at in openings) - CAME_BACK_WITHIN
        _judge(since, sorted({customer for customer, _opened_at in openings}))


def judge_all() -> None:
    """Look at all tickets there are."""
    _judge(datetime.min.replace(tzinfo=UTC), None)


def _judge(since: datetime, customers: list[int] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(JUDGE, {"since": since, "customers": customers})


def misjudged(ids: Collection[int]) -> list[tuple[int, bool]]:
    """Which of these tickets say otherwise than their customers did, and what they say."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, {"ids": list(ids)})
        return [(pk, was) for pk, was in cursor.fetchall()]
