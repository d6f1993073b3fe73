"""The words that have been written here: what a misspelt word of a search is corrected to."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection

BATCH = 2000
PLACE = "search:learnt"  # the last entry whose words are known; lost with the cache, it begins again: no harm
LEARN = r"""
INSERT INTO tickets_searchword (word, uses)
SELECT word, count(*) FROM (
  SELECT m.id, unnest(regexp_split_to_array(comptoir_fold(left(m.text, 20000)), '[^a-z]+')) AS word
  FROM tickets_message m WHERE m.id > %s AND m.id <= %s
) AS said WHERE length(word) BETWEEN 4 AND 30 GROUP BY word ORDER BY word
ON CONFLICT (word) DO UPDATE SET uses = tickets_searchword.uses + EXCLUDED.uses
"""
NEAREST = """
SELECT word FROM tickets_searchword
WHERE word %% %s AND length(word) BETWEEN %s AND %s OR word LIKE %s || '%%'
ORDER BY CASE WHEN starts_with(word, %s) THEN uses END DESC NULLS LAST, similarity(word, %s) DESC, uses DESC LIMIT 3
"""


@shared_task(name="tickets.search.learn")
def learn() -> int:
    """Take in the words of new messages. Returns how many messages were read."""
    since = cache.get(PLACE, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(id) FROM (SELECT id FROM tickets_message WHERE id > %s ORDER BY id LIMIT %s) AS m",
            [since, BATCH],
        )
        (until,) = cursor.fetchone()
        if until is None:
            return 0
        cursor.execute(LEARN, [since, until])
    cache.set(PLACE, until, None)
    return int(until - since)


def knows(word: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM tickets_searchword WHERE word = comptoir_fold(%s))", [word])
        return bool(cursor.fetchone()[0])


def nearest(word: str) -> list[str]:
    """Known words that this may have meant or may become, the likeliest first: "remboursemnt" and "remb" give
    "remboursement"."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT comptoir_fold(%s)", [word])
        (folded,) = cursor.fetchone()
        cursor.execute(NEAREST, [folded, len(folded) - 3, len(folded) + 3, folded, folded, folded])
        return [row[0] for row in cursor.fetchall()]
