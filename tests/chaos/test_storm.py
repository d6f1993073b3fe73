"""Guarantees 1, 2 and 4 of DESIGN section 6, with everything killed at random. `make bench` runs the whole of it."""

import pytest

from tests.chaos.storm import storm

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420), pytest.mark.enable_socket]


def test_nothing_is_lost_nor_doubled_while_everything_is_killed(tmp_path_factory):
    var = tmp_path_factory.mktemp("storm")
    books = storm(var, mails=150, answers=40, kills=12, seed=2026)
    assert (books.mails_stored, books.messages, books.doubled_messages) == (150, 150, 0), books
    assert (books.waiting, books.failed) == (0, 0), books
    assert (books.replies_stored, books.replies_left) == (40, 40), books
    # A double can only come from a row whose sender died at the point of no return, under the same id (ADR 4).
    assert books.replies_twice_unexplained == 0, books
    assert books.replies_twice <= sum(books.kills.values()), books
    assert sum(books.kills.values()) >= 8, books
