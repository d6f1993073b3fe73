"""Finding people: by any part of their name, postcode, e-mail, phone or order number, alone or together (S138)."""

import re
from itertools import pairwise

from django.db import connection
from django.db.models import QuerySet

from accounts.access import may
from accounts.models import User
from customers.models import Order
from tickets.access import visible_customers

MOST_WORDS = 5
MOST_EACH = 2000
MOST_FIRST = 20_000  # whom the longest word may name before the others narrow it
PHONE = re.compile(r"^\+?[\d\s().-]{6,}$")
NAMES = """
SELECT id FROM (
SELECT id FROM customers_customer WHERE merged_into_id IS NULL AND comptoir_fold(name) LIKE comptoir_fold(%(part)s)
  AND (%(among)s::bigint[] IS NULL OR id = ANY(%(among)s))
UNION SELECT id FROM customers_customer WHERE postcode <> '' AND merged_into_id IS NULL
  AND comptoir_fold(postcode) = comptoir_fold(%(word)s) AND (%(among)s::bigint[] IS NULL OR id = ANY(%(among)s))
UNION SELECT customer_id FROM customers_order WHERE comptoir_fold(number) LIKE comptoir_fold(%(start)s)
  AND (%(among)s::bigint[] IS NULL OR customer_id = ANY(%(among)s))
UNION SELECT customer_id FROM customers_identity WHERE %(contact)s AND value LIKE %(part_low)s
  AND (%(among)s::bigint[] IS NULL OR customer_id = ANY(%(among)s))
) AS found LIMIT %(most)s
"""
NEARLY = """
SELECT id FROM customers_customer WHERE merged_into_id IS NULL AND comptoir_fold(%(word)s) <%% comptoir_fold(name)
AND (%(among)s::bigint[] IS NULL OR id = ANY(%(among)s)) LIMIT %(most)s
"""


def customers_like(words: str, user: User, limit: int = 20) -> list[int]:
    """Ids of the customers whom this user may know and all of the words name, the nearest name first. Who may not see
    addresses finds nobody by them."""
    parts = _parts(words)
    if not parts:
        return []
    contact, named = may(user, "customer.contact"), None
    for part in sorted(parts, key=len, reverse=True):  # each among those whom the words before name
        named = _matching(part, named, contact=contact)
        if not named:
            return []
    known = set(visible_customers(user).filter(pk__in=named).values_list("pk", flat=True))
    return _nearest_names(known, words, limit)


def orders_like(words: str, user: User, limit: int = 20) -> QuerySet[Order]:
    """Orders by number or tracking number, of customers whom this user may know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_order WHERE comptoir_fold(number) LIKE comptoir_fold(%s) LIMIT %s",
            [_like(words.removeprefix("#")) + "%", MOST_EACH],
        )
        ids = [row[0] for row in cursor.fetchall()]
    theirs = Order.objects.filter(customer__in=visible_customers(user))
    return (theirs.filter(pk__in=ids) | theirs.filter(tracking__number=words)).order_by("-placed_at", "-pk")[:limit]


def _parts(words: str) -> list[str]:
    """The words to match one by one; a phone number is one word however it is spaced."""
    if PHONE.match(words) and sum(letter.isdigit() for letter in words) >= 6:
        digits = re.sub(r"\D", "", words)
        return [digits.removeprefix("00").lstrip("0") if not words.startswith("+") else digits]
    given = [word.removeprefix("#") for word in words.split() if len(word) > 1][:MOST_WORDS]
    for first, second in pairwise(given):
        if any(map(str.isdigit, first)) and _is_postcode(together := f"{first} {second}"):
            return [together, *(word for word in given if word not in (first, second))]
    return given


def _is_postcode(words: str) -> bool:
    """Whether somebody lives there: in many countries a postcode is two words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM customers_customer"
            " WHERE postcode <> '' AND comptoir_fold(postcode) = comptoir_fold(%s) LIMIT 1",
            [words],
        )
        return cursor.fetchone() is not None


def _matching(word: str, among: list[int] | None, *, contact: bool) -> list[int]:
    """Ids of those whom this word names, of these or (None) of all."""
    params: dict[str, str | int | list[int] | None] = {
        "word": word,
        "part": f"%{_like(word)}%",
        "part_low": f"%{_like(word.lower())}%",
        "start": f"{_like(word)}%",
        "contact": contact,
        "among": among,
        "most": MOST_FIRST,
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES, params)
        ids = [row[0] for row in cursor.fetchall()]
        if not ids and len(word) > 3 and word.isalpha():  # misspelt: the nearest names
            cursor.execute(NEARLY, params)
            ids = [row[0] for row in cursor.fetchall()]
    return ids


def _nearest_names(ids: set[int], words: str, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_customer WHERE id = ANY(%s)"
            " ORDER BY similarity(comptoir_fold(name), comptoir_fold(%s)) DESC, id DESC LIMIT %s",
            [list(ids), words, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _like(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)
